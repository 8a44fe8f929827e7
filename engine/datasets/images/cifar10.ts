import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { SpikeBridgeError } from '../../errors';
import type { ImageDataOf } from '../imageDataSchema';
import type { StaticImages } from '../staticImages';
import { CIFAR10_EDGE, CIFAR10_VALUES, resizedImages } from './cifar10Planes';
import { chosenClasses, type ImageClass } from './classNames';
import { selectByClass } from './classSelection';
import { findFolder } from './folderEntries';

const TRAIN_FILES = [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`);
/** The batches in the order in which the images of a class count. */
export const CIFAR10_FILES: readonly string[] = [...TRAIN_FILES, 'test_batch.bin'];
const NAMES_FILE = 'batches.meta.txt';
const FOLDER = 'cifar-10-batches-bin';
const CLASSES = 10;
const PIXELS = CIFAR10_EDGE * CIFAR10_EDGE;
const RECORD_BYTES = 1 + 3 * PIXELS;
const RECORDS = 10_000;
const HINT = `Point data.images.folder to the folder ${FOLDER} of CIFAR-10's binary version (not the Python one), or to the one above it.`;
const REPLACE_FILE = 'Replace the file with a fresh copy of the data set.';

/** One image's bytes: a label and three planes. */
export interface CifarRecord {
  readonly label: number;
  /** Red, green and blue plane, [3, 32, 32]. */
  readonly planes: Uint8Array;
}

/** CIFAR-10 in memory, images class after class. */
export interface Cifar10 {
  /** Absolute folder. */
  readonly folder: string;
  readonly classes: readonly ImageClass[];
  /** [3, 32, 32] of each image. */
  readonly planes: readonly Uint8Array[];
  readonly warnings: readonly string[];
}

async function readBytes(file: string): Promise<Buffer> {
  return readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new SpikeBridgeError('data', `the file cannot be read (${cause.code})`, HINT, { file }, { cause });
  });
}

/**
 * The records of a batch file: a label byte, then 1,024 bytes each of red, green and blue, row by row.
 * @param file named in errors only.
 * @throws SpikeBridgeError (data) with the byte offset of a half record or of a label above 9.
 */
export function decodeCifarBatch(bytes: Uint8Array, file: string): CifarRecord[] {
  const count = Math.floor(bytes.length / RECORD_BYTES);
  if (count * RECORD_BYTES !== bytes.length || count === 0) {
    throw new SpikeBridgeError(
      'data',
      `the file is truncated: ${bytes.length} bytes are no whole number of records of ${RECORD_BYTES} bytes`,
      REPLACE_FILE,
      { file, byteOffset: count * RECORD_BYTES },
    );
  }
  return Array.from({ length: count }, (_, index) => {
    const start = index * RECORD_BYTES;
    const label = bytes[start]!;
    if (label >= CLASSES) {
      throw new SpikeBridgeError('data', `label ${label} is above ${CLASSES - 1}`, REPLACE_FILE, {
        file,
        byteOffset: start,
      });
    }
    return { label, planes: bytes.subarray(start + 1, start + RECORD_BYTES) };
  });
}

/**
 * Reads one batch file.
 * @returns its records, and a warning where they are not 10,000.
 * @throws SpikeBridgeError (data) as {@link decodeCifarBatch}, and for a file that cannot be read.
 */
export async function readCifarBatch(file: string): Promise<{ records: CifarRecord[]; warnings: string[] }> {
  const records = decodeCifarBatch(await readBytes(file), file);
  const message = `CIFAR-10: ${path.basename(file)} has ${records.length} images instead of ${RECORDS}`;
  return { records, warnings: records.length === RECORDS ? [] : [message] };
}

/** Class names in label order. @throws SpikeBridgeError (data) where they are not ten. */
export async function readCifarNames(folder: string): Promise<string[]> {
  const file = path.join(folder, NAMES_FILE);
  const names = (await readBytes(file)).toString('utf8').split(/\s+/).filter(Boolean);
  if (names.length !== CLASSES || new Set(names).size !== CLASSES) {
    const message = `the file names ${names.length} classes instead of ${CLASSES} different ones`;
    throw new SpikeBridgeError('data', message, REPLACE_FILE, { file });
  }
  return names;
}

/**
 * Finds the folder of the batch files.
 * @throws SpikeBridgeError (data) where it is neither `folder` nor in it.
 */
export async function findCifar10(folder: string): Promise<string> {
  const found = await findFolder(folder, ['', FOLDER], [NAMES_FILE]);
  if (!found) {
    throw new SpikeBridgeError('data', `there is no ${NAMES_FILE} here`, HINT, { file: folder });
  }
  return found;
}

/** Images class after class, in the order of the records. */
export function groupRecords(names: readonly string[], records: readonly CifarRecord[]) {
  const byClass = names.map((_, label) => records.filter((record) => record.label === label));
  let next = 0;
  const classes = names.map((name, label) => ({ name, images: byClass[label]!.map(() => next++) }));
  return {
    classes: classes.filter(({ images }) => images.length > 0),
    planes: byClass.flat().map(({ planes }) => planes),
  };
}

/**
 * Reads CIFAR-10, binary version: training and test images together, class after class (methods.md 3.3).
 * @param folder absolute; the folder of the batch files or the one above it.
 * @throws SpikeBridgeError (data) for a missing or damaged file, with the byte offset.
 */
export async function readCifar10(folder: string): Promise<Cifar10> {
  const root = await findCifar10(folder);
  const names = await readCifarNames(root);
  const records: CifarRecord[] = [];
  const warnings: string[] = [];
  for (const name of CIFAR10_FILES) {
    const batch = await readCifarBatch(path.join(root, name));
    records.push(...batch.records);
    warnings.push(...batch.warnings);
  }
  return { folder: root, ...groupRecords(names, records), warnings };
}

/** [count, 3, 32, 32] in memory that all threads see. */
function sharedImages({ planes }: Cifar10): Uint8Array {
  const images = new Uint8Array(new SharedArrayBuffer(planes.length * CIFAR10_VALUES));
  for (const [image, values] of planes.entries()) {
    images.set(values, image * CIFAR10_VALUES);
  }
  return images;
}

/**
 * Loads CIFAR-10: all images stay in memory at 32 x 32 and are resized when they are written (methods.md 3.3).
 * @throws SpikeBridgeError (data) for missing or damaged files and for other classes than the recordings'.
 */
export async function loadCifar10(
  configuration: ImageDataOf<'cifar10'>,
  classes: readonly string[],
): Promise<StaticImages> {
  const set = await readCifar10(configuration.folder);
  const { channel, classes: chosen } = configuration;
  const found = chosen ? chosenClasses(set.classes, chosen, set.folder) : set.classes;
  const names = set.classes.flatMap(({ name, images }) => images.map((_, position) => `${name}/${position}`));
  const images = sharedImages(set);
  return {
    imagesOfClass: selectByClass(found, classes, configuration, set.folder),
    file: path.basename(set.folder),
    count: set.planes.length,
    warnings: set.warnings,
    nameOf: (image) => names[image]!,
    planes: { kind: 'cifar10', channel, images },
    prepareColours: async () => undefined,
    colours(side) {
      const coloursOf = resizedImages(images, side);
      return {
        write(image, target, offset) {
          const values = coloursOf(image);
          for (let position = 0; position < values.length; position++) {
            target[offset + position] = values[position]! / 255;
          }
        },
      };
    },
  };
}
