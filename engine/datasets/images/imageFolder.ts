import path from 'node:path';
import { SpikeBridgeError } from '../../errors';
import { IMAGE_ENDINGS } from '../../images/decodeImage';
import { foldersIn, imagesIn, unreadImagesIn } from './folderEntries';
import { type ImageListing, listingByClass } from './imageListing';

const HINT = 'Point data.images.folder to a folder that holds one folder of images per class.';

/** What is said of images that nothing here decodes; empty without any. */
function unreadText(files: readonly string[]): string[] {
  const readable = IMAGE_ENDINGS.map((ending) => ending.slice(1)).join(', ');
  return files.length > 0
    ? [`${files.length} images cannot be read (the first is ${files[0]}): convert them to ${readable}`]
    : [];
}

/** What is said of folders inside class folders; empty without any. */
function nestedText(folders: readonly string[]): string[] {
  return folders.length > 0
    ? [`folders inside class folders are not read: ${folders.join(', ')}; move their images one level up`]
    : [];
}

/**
 * Lists a folder of images: each folder in it is a class, classes and images
 * sorted by name. Images of formats that cannot be read are left out with a warning.
 * @param folder absolute.
 * @throws SpikeBridgeError (data) where there is no folder with images.
 */
export async function listImageFolder(folder: string): Promise<ImageListing> {
  const groups = [];
  const unread: string[] = [];
  const nested: string[] = [];
  for (const name of await foldersIn(folder, HINT)) {
    const files = await imagesIn(path.join(folder, name), HINT);
    groups.push({ name, files: files.map((file) => `${name}/${file}`) });
    nested.push(...(await foldersIn(path.join(folder, name), HINT)).map((inner) => `${name}/${inner}`));
    unread.push(...(await unreadImagesIn(path.join(folder, name), HINT)).map((file) => `${name}/${file}`));
  }
  const filled = groups.filter(({ files }) => files.length > 0);
  if (filled.length === 0) {
    const [message = 'no folder in this folder holds an image'] = unreadText(unread);
    throw new SpikeBridgeError('data', message, HINT, { file: folder });
  }
  const empty = groups.filter(({ files }) => files.length === 0).map(({ name }) => name);
  const left = empty.length > 0 ? [`folders without images are left out: ${empty.join(', ')}`] : [];
  return listingByClass(folder, filled, [...left, ...nestedText(nested), ...unreadText(unread)]);
}
