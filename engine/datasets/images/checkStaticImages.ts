import { decodeImage } from '../../images/decodeImage';
import { CALTECH101_CLASSES } from '../caltechClasses';
import { CEP_DVS_CLASSES } from '../cepDvsClasses';
import type { ImageDataConfiguration, ImageDataOf, ImageFileConfiguration } from '../imageDataSchema';
import { readMnistSet } from '../mnist';
import { listImages } from '../staticImageLoader';
import type { LoadProgress } from '../transferData';
import { checkCifar10 } from './checkCifar10';
import { forEachImage } from './eachFile';
import { imageFile } from './imageListing';
import { corruptFile, type ImageReport } from './imageReport';

const OFFICIAL_CLASSES: Partial<Record<ImageFileConfiguration['format'], readonly string[]>> = {
  caltech101: CALTECH101_CLASSES.map(({ name }) => name),
  'cep-dvs': CEP_DVS_CLASSES,
};

async function checkFiles(
  configuration: ImageFileConfiguration,
  onProgress?: (progress: LoadProgress) => void,
  signal?: AbortSignal,
): Promise<ImageReport> {
  const listing = await listImages(configuration);
  const total = listing.files.length;
  const corrupt: { file: string; message: string; image: number }[] = [];
  let done = 0;
  await forEachImage(
    total,
    async (image) => {
      const file = imageFile(listing, image);
      await decodeImage(file).catch((error) => corrupt.push({ ...corruptFile(error), image }));
      onProgress?.({ done: ++done, total });
    },
    signal,
  );
  const present = new Set(listing.classes.map(({ name }) => name));
  const official = OFFICIAL_CLASSES[configuration.format] ?? [];
  return {
    classes: listing.classes.map(({ name, images }) => ({ name, count: images.length })),
    missing: official.filter((name) => !present.has(name)),
    corrupt: corrupt
      .sort((left, right) => left.image - right.image)
      .map(({ file, message }) => ({ file, message })),
    warnings: listing.warnings,
  };
}

async function checkMnist({ folder, split }: ImageDataOf<'mnist'>): Promise<ImageReport> {
  const none = { classes: [], missing: [], warnings: [] };
  try {
    const { labels } = await readMnistSet(folder, split);
    const digits = [...new Set(labels)].sort((left, right) => left - right);
    const classes = digits.map((digit) => ({
      name: String(digit),
      count: labels.filter((label) => label === digit).length,
    }));
    return { ...none, classes, corrupt: [] };
  } catch (error) {
    return { ...none, corrupt: [corruptFile(error)] };
  }
}

/**
 * Checks every image of a set: what is there, what is missing, what is damaged.
 * @param configuration `folder` must be absolute; the selection is ignored.
 * @throws SpikeBridgeError (data) where the folder has another layout; (cancelled) on abort.
 */
export async function checkStaticImages(
  configuration: ImageDataConfiguration,
  onProgress?: (progress: LoadProgress) => void,
  signal?: AbortSignal,
): Promise<ImageReport> {
  switch (configuration.format) {
    case 'mnist':
      return checkMnist(configuration);
    case 'cifar10':
      return checkCifar10(configuration.folder);
    default:
      return checkFiles(configuration, onProgress, signal);
  }
}
