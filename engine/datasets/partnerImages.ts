import { SpikeBridgeError } from '../errors';
import type { DividedEvents } from './dividedEvents';
import { type SplitManifest, withDivision } from './manifest';
import { divideImages } from './splitsImages';
import { loadStaticImages } from './staticImageLoader';
import type { StaticImages } from './staticImages';
import type { LoadOptions, TransferDataConfiguration } from './transferData';

/** The static images of a run, and those of them that partners are drawn from. */
export interface PartnerImages {
  readonly images: StaticImages;
  /** Image indices of each class, none empty. */
  readonly pool: readonly Uint32Array[];
  /** Names of the photos of test recordings among all images. */
  readonly testPhotos: readonly string[];
}

/** Reads the images and chooses the pool of partners; absent for events-only. */
export async function loadPartnerImages(
  configuration: TransferDataConfiguration,
  { manifest, record }: DividedEvents,
  { signal, onProgress }: LoadOptions,
): Promise<(PartnerImages & { manifest: SplitManifest; warnings: readonly string[] }) | undefined> {
  const { events, images: section, frames, method, pairing, cacheFolder } = configuration;
  if (method === 'events-only') {
    return undefined;
  }
  if (!section) {
    throw new SpikeBridgeError(
      'configuration',
      `data.images: the method ${method} needs static images`,
      'Add data.images to the run configuration, or use the method events-only.',
    );
  }
  const { classes, test } = manifest;
  const images = await loadStaticImages(section, classes, frames.sizePixels, {
    signal,
    cacheFolder,
    onProgress,
  });
  const pool = divideImages(images, { format: events.format, classes, test, record, pairing });
  return {
    images,
    pool: pool.imagesOfClass,
    testPhotos: pool.testPhotos,
    manifest: withDivision(manifest, { images: pool.record, leak: pool.leak }),
    warnings: [...images.warnings, ...pool.warnings],
  };
}

/** Images as a teacher sees them: [B, size, size, 3] in [0, 1]. */
export function colourBatch(
  images: StaticImages,
  chosen: readonly number[],
  size: number,
): Float32Array<ArrayBuffer> {
  const colours = images.colours(size);
  const batch = new Float32Array(chosen.length * size * size * 3);
  for (const [slot, image] of chosen.entries()) {
    colours.write(image, batch, slot * size * size * 3);
  }
  return batch;
}
