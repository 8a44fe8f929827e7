import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { SpikeBridgeError } from '../../errors';
import { CALTECH101_CLASSES } from '../caltechClasses';
import type { EventFormat } from '../eventDataSchema';
import { CIFAR10_CLASSES } from '../eventSets/cifar10Dvs';
import { RECORDING_FILES } from '../eventSets/ownFolders';
import type { ImageFormat } from '../imageDataSchema';
import { holdsPattern, type PatternStep } from './folderPattern';

/** A data set that was found. */
export type FoundDataSet =
  | { readonly side: 'events'; readonly format: EventFormat; readonly folder: string }
  | { readonly side: 'images'; readonly format: ImageFormat; readonly folder: string };

/** Where a layout shows: folders that may lie between, and what is in the last one. */
interface Signature<Format> {
  readonly format: Format;
  readonly inner?: readonly string[];
  readonly steps: readonly PatternStep[];
}

const CALTECH_NAMES = CALTECH101_CLASSES.map(({ name }) => name);
/** Data sets are downloaded in these; they are not read. */
const ARCHIVES = /\.(?:zip|tar|tgz|tar\.gz|7z|rar)$/i;
const PICTURE_FILES = /\.(?:jpe?g|png|webp|tiff?|gif|avif|bmp)$/i;

/** Layouts of recordings; the last one fits much and is asked last. */
const EVENT_SIGNATURES: readonly Signature<EventFormat>[] = [
  { format: 'n-mnist', steps: [['Train', 'Test'], /^\d$/, /\.bin$/] },
  {
    format: 'n-caltech101',
    inner: ['Caltech101', 'N-Caltech101/Caltech101'],
    steps: [CALTECH_NAMES, /\.bin$/],
  },
  { format: 'cep-dvs', inner: ['CEP-DVS'], steps: ['data', 'MAT', 'img', /\.mat$/] },
  {
    format: 'n-omniglot',
    inner: ['N-Omniglot', 'nomniglot'],
    steps: [['dvs_background', 'dvs_evaluation'], /./, /^character/],
  },
  {
    format: 'cifar10-dvs',
    inner: ['CIFAR10DVS', 'CIFAR10-DVS'],
    steps: [CIFAR10_CLASSES, /\.aedat4?$/i],
  },
  { format: 'dvs128-gesture', inner: ['DvsGesture'], steps: [['trials_to_train.txt', 'trials_to_test.txt']] },
  {
    format: 'n-cars',
    inner: ['Prophesee_Dataset_n_cars', 'n-cars'],
    steps: [['n-cars_train', 'n-cars_test'], ['cars', 'background'], /\.dat$/],
  },
  { format: 'folders', steps: [/./, RECORDING_FILES] },
];

const IMAGE_SIGNATURES: readonly Signature<ImageFormat>[] = [
  { format: 'mnist', steps: [/^(?:train|t10k)-(?:images-idx3|labels-idx1)-ubyte(?:\.gz)?$/] },
  { format: 'caltech101', inner: ['101_ObjectCategories'], steps: [CALTECH_NAMES, /\.jpg$/i] },
  { format: 'cep-dvs', steps: ['data', 'img', /\.jpe?g$/i] },
  {
    format: 'omniglot',
    inner: ['omniglot-py', 'omniglot'],
    steps: [['images_background', 'images_evaluation'], /./, /^character/],
  },
  {
    format: 'cifar10',
    inner: ['cifar-10-batches-bin'],
    steps: [/^(?:data_batch_[1-5]|test_batch)\.bin$/],
  },
  { format: 'folder', steps: [/./, PICTURE_FILES] },
];

async function recognise<Format>(
  folder: string,
  signatures: readonly Signature<Format>[],
): Promise<Format | undefined> {
  for (const { format, inner = [], steps } of signatures) {
    for (const place of ['', ...inner]) {
      if (await holdsPattern(path.join(folder, place), steps)) {
        return format;
      }
    }
  }
  return undefined;
}

async function setsIn(folder: string): Promise<FoundDataSet[]> {
  const events = await recognise(folder, EVENT_SIGNATURES);
  const images = await recognise(folder, IMAGE_SIGNATURES);
  return [
    ...(events ? [{ side: 'events' as const, format: events, folder }] : []),
    ...(images ? [{ side: 'images' as const, format: images, folder }] : []),
  ];
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => path.join(folder, name))
    .sort();
}

function isOwn({ format }: FoundDataSet): boolean {
  return format === 'folders' || format === 'folder';
}

async function requireFolder(folder: string): Promise<void> {
  const kind = await stat(folder).catch((cause: NodeJS.ErrnoException) => {
    throw new SpikeBridgeError(
      'usage',
      `the folder cannot be read (${cause.code})`,
      'Name the folder of a data set, or one that holds several.',
      { file: folder },
      { cause },
    );
  });
  if (!kind.isDirectory()) {
    throw new SpikeBridgeError('usage', 'this is no folder', 'Name the folder of a data set.', {
      file: folder,
    });
  }
}

/**
 * Finds data sets by what is in a folder: the folder itself, or the folders in it where these are official sets.
 * @param folder absolute.
 * @throws SpikeBridgeError (usage) where there is no folder; (data) where nothing in it is known.
 */
export async function recogniseDataSets(folder: string): Promise<FoundDataSet[]> {
  await requireFolder(folder);
  const here = await setsIn(folder);
  if (here.some((found) => !isOwn(found))) {
    return here.filter((found) => !isOwn(found));
  }
  const inside = (await Promise.all((await subfolders(folder)).map(setsIn))).flat();
  const official = inside.filter((found) => !isOwn(found));
  const found = official.length > 0 ? official : here.length > 0 ? here : inside;
  if (found.length === 0) {
    const formats = [...EVENT_SIGNATURES, ...IMAGE_SIGNATURES].map(({ format }) => format);
    const [archive] = (await readdir(folder)).filter((name) => ARCHIVES.test(name)).sort();
    const unpack = archive === undefined ? '' : `Unpack ${archive} first if it holds the data set. `;
    throw new SpikeBridgeError(
      'data',
      'no data set is recognised in this folder',
      `${unpack}Name the folder of a data set, or say what it should be with --format (${[...new Set(formats)].join(', ')}).`,
      { file: folder },
    );
  }
  return found;
}

/**
 * The data sets of a format in a folder; cep-dvs names recordings and images.
 * @throws SpikeBridgeError (usage) for an unknown format, or where there is no folder.
 */
export async function dataSetsOfFormat(folder: string, format: string): Promise<FoundDataSet[]> {
  await requireFolder(folder);
  const events = EVENT_SIGNATURES.find((each) => each.format === format);
  const images = IMAGE_SIGNATURES.find((each) => each.format === format);
  const found: FoundDataSet[] = [
    ...(events ? [{ side: 'events' as const, format: events.format, folder }] : []),
    ...(images ? [{ side: 'images' as const, format: images.format, folder }] : []),
  ];
  if (found.length === 0) {
    const formats = [...EVENT_SIGNATURES, ...IMAGE_SIGNATURES].map((each) => each.format);
    throw new SpikeBridgeError(
      'usage',
      `"${format}" is no format of data sets`,
      `The formats are ${[...new Set(formats)].join(', ')}.`,
    );
  }
  return found;
}
