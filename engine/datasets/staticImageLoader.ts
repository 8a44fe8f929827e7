import { throwIfCancelled } from './decodePool';
import { defaultCacheFolder } from './frameCache';
import type { ImageDataConfiguration, ImageFileConfiguration } from './imageDataSchema';
import { listCaltech101 } from './images/caltech101';
import { listCepDvs } from './images/cepDvs';
import { loadCifar10 } from './images/cifar10';
import { loadFileImages } from './images/fileImages';
import { listImageFolder } from './images/imageFolder';
import { chooseClasses, type ImageListing } from './images/imageListing';
import { listOmniglot } from './images/omniglot';
import { loadMnist } from './mnist';
import type { StaticImages } from './staticImages';
import type { LoadProgress } from './transferData';

/** How {@link loadStaticImages} runs. */
export interface ImageLoadOptions {
  /** In images; a set that is one file (MNIST, CIFAR-10) reports nothing. */
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly signal?: AbortSignal;
  /** Folder of the cache of decoded images. Default: `spikebridge` in the user's cache folder. */
  readonly cacheFolder?: string;
}

const LISTERS: Record<ImageFileConfiguration['format'], (folder: string) => Promise<ImageListing>> = {
  caltech101: listCaltech101,
  'cep-dvs': listCepDvs,
  omniglot: listOmniglot,
  folder: listImageFolder,
};

/**
 * Lists a set whose images are files, in its official order.
 * @param configuration `folder` must be absolute.
 * @throws SpikeBridgeError (data) where the folder has another layout; (configuration) for a chosen class it lacks.
 */
export async function listImages({ format, folder, classes }: ImageFileConfiguration): Promise<ImageListing> {
  return chooseClasses(await LISTERS[format](folder), classes);
}

/**
 * Reads the static images of a run (methods.md 3.3): from the cache where it has them, else decoded.
 * @param configuration `folder` must be absolute.
 * @param classes class names of the recordings, in their order; the set must have exactly these.
 * @param sizePixels S of the planes.
 * @throws SpikeBridgeError (data) naming the file and what to do; (cancelled) when the signal is aborted.
 */
export async function loadStaticImages(
  configuration: ImageDataConfiguration,
  classes: readonly string[],
  sizePixels: number,
  options: ImageLoadOptions = {},
): Promise<StaticImages> {
  throwIfCancelled(options.signal);
  switch (configuration.format) {
    case 'mnist':
      return loadMnist(configuration, classes);
    case 'cifar10':
      return loadCifar10(configuration, classes);
    default: {
      const cacheFolder = options.cacheFolder ?? defaultCacheFolder();
      const request = { classes, size: sizePixels, cacheFolder };
      return loadFileImages(await listImages(configuration), configuration, request, options);
    }
  }
}
