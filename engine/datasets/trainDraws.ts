import type { BatchOrder } from './batchAssembler';
import type { ManifestEntry, SplitManifest } from './manifest';
import { drawPartners } from './pairing';
import type { PartnerImages } from './partnerImages';
import { classWeights, type Sampler, shuffledSampler, weightedSampler } from './sampler';
import type { TransferDataConfiguration } from './transferData';

/** What training batches are drawn from. */
export interface DrawParts {
  readonly manifest: SplitManifest;
  /** Recordings of each class in the whole data set. */
  readonly classTotals: readonly number[];
  /** Absent for events-only. */
  readonly imagePart?: PartnerImages;
}

/** Classes of some recordings of the manifest. */
export function labelsOf(
  entries: readonly ManifestEntry[],
  indices: ArrayLike<number>,
): Int32Array<ArrayBuffer> {
  return Int32Array.from(indices, (index) => entries[index]!.label);
}

function samplerOf(
  { manifest, classTotals }: DrawParts,
  { sampling, lastBatch, seed, batchPairs }: TransferDataConfiguration,
): Sampler {
  const labels = manifest.train.map(({ label }) => label);
  return sampling === 'class-weighted'
    ? weightedSampler(classWeights(labels, classTotals), batchPairs, seed, lastBatch)
    : shuffledSampler(labels.length, batchPairs, seed, lastBatch);
}

/** What is drawn for an iteration: threads draw nothing but what the order's key decides. */
export interface TrainDraw {
  readonly order: BatchOrder;
  readonly labels: Int32Array<ArrayBuffer>;
  readonly partners?: Uint32Array;
}

/** The draws of every iteration (from 0), decided by seed and iteration alone. */
export function trainDraws(
  parts: DrawParts,
  configuration: TransferDataConfiguration,
): (iteration: number) => TrainDraw {
  const { manifest, imagePart } = parts;
  const { seed, pairing } = configuration;
  const sampler = samplerOf(parts, configuration);

  function partnersOf({ images, pool }: PartnerImages, labels: Int32Array, iteration: number): Uint32Array {
    return drawPartners(pool, labels, seed, iteration, {
      policy: pairing,
      imageCount: images.count,
      wholeSet: images.imagesOfClass,
    });
  }

  return (iteration) => {
    const recordings = sampler.batchAt(iteration);
    const labels = labelsOf(manifest.train, recordings);
    const partners = imagePart && partnersOf(imagePart, labels, iteration);
    const order = {
      part: 'train' as const,
      recordings,
      ...(partners && { images: partners }),
      key: { seed, iteration },
    };
    return { order, labels, ...(partners && { partners }) };
  };
}
