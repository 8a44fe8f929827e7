import path from 'node:path';
import { SpikeBridgeError } from '../../errors';
import { countWarnings } from './classNames';
import { findFolder, foldersIn, imagesIn } from './folderEntries';
import { type ClassFiles, type ImageListing, listingByClass } from './imageListing';

/** The two parts in label order, with their numbers of classes (methods.md 3.1). */
const PARTS = [
  { folder: 'images_background', classes: 964 },
  { folder: 'images_evaluation', classes: 659 },
] as const;
const PER_CLASS = 20;
const HINT =
  'Point data.images.folder to the folder of Omniglot that holds images_background and images_evaluation.';

async function classesOfPart(root: string, part: string): Promise<ClassFiles[]> {
  const groups: ClassFiles[] = [];
  for (const alphabet of await foldersIn(path.join(root, part), HINT)) {
    for (const character of await foldersIn(path.join(root, part, alphabet), HINT)) {
      const files = await imagesIn(path.join(root, part, alphabet, character), HINT);
      const name = `${alphabet}/${character}`;
      groups.push({ name, files: files.map((file) => `${part}/${name}/${file}`) });
    }
  }
  return groups;
}

function partWarnings(part: (typeof PARTS)[number], groups: readonly ClassFiles[]): string[] {
  return groups.length === part.classes
    ? []
    : [`Omniglot: ${part.folder} has ${groups.length} characters instead of ${part.classes}`];
}

/**
 * Lists Omniglot: the characters of images_background, then of images_evaluation; alphabets, characters and images by
 * name (methods.md 3.5). A class is `<alphabet>/characterNN`.
 * @param folder absolute; the folder of both parts, or the one above it.
 * @throws SpikeBridgeError (data) where a part is missing.
 */
export async function listOmniglot(folder: string): Promise<ImageListing> {
  const names = PARTS.map((part) => part.folder);
  const root = await findFolder(folder, ['', 'omniglot-py', 'omniglot'], names);
  if (!root) {
    throw new SpikeBridgeError('data', `${names.join(' and ')} are not both here`, HINT, { file: folder });
  }
  const groups: ClassFiles[] = [];
  const warnings: string[] = [];
  for (const part of PARTS) {
    const own = await classesOfPart(root, part.folder);
    groups.push(...own);
    warnings.push(...partWarnings(part, own));
  }
  const listing = listingByClass(root, groups);
  const official = groups.map(({ name }) => ({ name, count: PER_CLASS }));
  return { ...listing, warnings: [...warnings, ...countWarnings('Omniglot', official, listing.classes)] };
}
