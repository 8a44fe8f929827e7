import path from 'node:path';
import { SpikeBridgeError } from '../../errors';
import { foldersIn, imagesIn } from './folderEntries';
import { type ImageListing, listingByClass } from './imageListing';

const HINT = 'Point data.images.folder to a folder that holds one folder of images per class.';

/**
 * Lists a folder of images: each folder in it is a class, classes and images
 * sorted by name.
 * @param folder absolute.
 * @throws SpikeBridgeError (data) where there is no folder with images.
 */
export async function listImageFolder(folder: string): Promise<ImageListing> {
  const groups = [];
  for (const name of await foldersIn(folder, HINT)) {
    const files = await imagesIn(path.join(folder, name), HINT);
    groups.push({ name, files: files.map((file) => `${name}/${file}`) });
  }
  const filled = groups.filter(({ files }) => files.length > 0);
  if (filled.length === 0) {
    throw new SpikeBridgeError('data', 'no folder in this folder holds an image', HINT, { file: folder });
  }
  const empty = groups.filter(({ files }) => files.length === 0).map(({ name }) => name);
  const warnings = empty.length > 0 ? [`folders without images are left out: ${empty.join(', ')}`] : [];
  return listingByClass(folder, filled, warnings);
}
