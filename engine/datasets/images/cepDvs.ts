import path from 'node:path';
import { SpikeBridgeError } from '../../errors';
import { CEP_DVS_CLASSES, cepDvsLabels, readCepDvsTable } from '../cepDvsClasses';
import { countWarnings } from './classNames';
import { imagesIn } from './folderEntries';
import type { ImageListing } from './imageListing';

const IMAGES = 'data/img';
const NUMBERED = /^(\d+)\.jpe?g$/i;
const PER_CLASS = 500;
const HINT =
  'Point data.images.folder to the folder of CEP-DVS that holds pathFile.csv and data/img with the .jpg files.';

/** File names with their numbers, in number order. */
async function numberedImages(folder: string): Promise<{ name: string; number: number }[]> {
  const names = await imagesIn(folder, HINT);
  const numbered = names.flatMap((name) => {
    const number = NUMBERED.exec(name)?.[1];
    return number === undefined ? [] : [{ name, number: Number(number) }];
  });
  if (numbered.length === 0) {
    throw new SpikeBridgeError('data', 'there are no images <number>.jpg here', HINT, { file: folder });
  }
  return numbered.sort((left, right) => left.number - right.number);
}

/**
 * Lists the images of CEP-DVS in number order, with the classes of pathFile.csv (methods.md 3.1).
 * @param folder absolute.
 * @throws SpikeBridgeError (data) for a missing folder or table, and for an image that has no row.
 */
export async function listCepDvs(folder: string): Promise<ImageListing> {
  const images = await numberedImages(path.join(folder, IMAGES));
  const table = await readCepDvsTable(folder);
  const labelOf = cepDvsLabels(
    table,
    images.map(({ number }) => number),
  );
  const members = CEP_DVS_CLASSES.map((): number[] => []);
  for (const [image, { name, number }] of images.entries()) {
    const label = labelOf(number);
    if (label === undefined) {
      throw new SpikeBridgeError(
        'data',
        `${name} has no row in this table of ${table.labels.length} rows`,
        'Take the images and the table from the same copy of the data set.',
        { file: table.file },
      );
    }
    members[label]!.push(image);
  }
  const all = CEP_DVS_CLASSES.map((name, label) => ({ name, images: members[label]! }));
  const classes = all.filter((each) => each.images.length > 0);
  const official = CEP_DVS_CLASSES.map((name) => ({ name, count: PER_CLASS }));
  const warnings = countWarnings('CEP-DVS', official, classes);
  return { folder, files: images.map(({ name }) => `${IMAGES}/${name}`), classes, warnings };
}
