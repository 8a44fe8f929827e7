import path from 'node:path';
import { SpikeBridgeError } from '../../errors';
import { CALTECH101_CLASSES } from '../caltechClasses';
import { countWarnings, namesOf } from './classNames';
import { findFolder, foldersIn, imagesIn } from './folderEntries';
import { type ImageListing, listingByClass } from './imageListing';

const TREE = '101_ObjectCategories';
const HINT = `Point data.images.folder to the folder ${TREE} of Caltech101, or to the one above it.`;
/** Dropped by N-Caltech101, which has the same persons in Faces_easy. */
const LEFT_OUT = 'Faces';

async function findTree(folder: string): Promise<string> {
  const candidates = [TREE, `caltech101/${TREE}`, `caltech-101/${TREE}`, ''];
  const tree = await findFolder(folder, candidates, []);
  if (!tree) {
    throw new SpikeBridgeError('data', `there is no folder ${TREE} here`, HINT, { file: folder });
  }
  return tree;
}

/**
 * Lists Caltech101 as the authors need it: the classes of N-Caltech101 in its order, images by name (methods.md 3.1).
 * Classes that are not there are left out; a folder that is no official class, and other counts, give a warning.
 * @param folder absolute; 101_ObjectCategories or a folder above it.
 * @throws SpikeBridgeError (data) where there is no such tree.
 */
export async function listCaltech101(folder: string): Promise<ImageListing> {
  const tree = await findTree(folder);
  const present = await foldersIn(tree, HINT);
  const groups = [];
  for (const { name } of CALTECH101_CLASSES.filter((official) => present.includes(official.name))) {
    const files = await imagesIn(path.join(tree, name), HINT);
    groups.push({ name, files: files.map((file) => `${name}/${file}`) });
  }
  if (groups.length === 0) {
    throw new SpikeBridgeError('data', 'this folder has no class of Caltech101', HINT, { file: tree });
  }
  const listing = listingByClass(tree, groups);
  const official = new Set([LEFT_OUT, ...CALTECH101_CLASSES.map(({ name }) => name)]);
  const unknown = present.filter((name) => !official.has(name));
  const warnings = countWarnings('Caltech101', CALTECH101_CLASSES, listing.classes);
  if (unknown.length > 0) {
    warnings.push(`Caltech101: no classes of N-Caltech101, left out: ${namesOf(unknown)}`);
  }
  return { ...listing, warnings };
}
