import type { ActiveBackend } from '../backends/backendProvider';
import { gibibytes, MemoryShortage } from '../backends/memoryShortage';
import { SpikeBridgeError } from '../errors';
import { METHOD_PRESETS } from '../methods/methodPreset';
import { estimateGpuMemory, estimateMemory, type MemoryEstimate } from '../models/memoryEstimate';
import { describeNetwork } from '../models/networkDescription';
import type { TransferConfiguration } from './configuration';
import { stepsOf } from './runModel';

/** What a WebAssembly memory can address. */
const SIMD_MEMORY_BYTES = 4 * 2 ** 30;
/** Peaks measured on an H200 over the estimate, which is a lower bound. */
const PEAK_OVER_ESTIMATE = { f16: 1.15, f32: 1.65 } as const;

/** The backend of a run, as far as memory goes. */
export type MemoryOwner = Pick<ActiveBackend, 'name' | 'precision' | 'freeBytes'>;

function estimateOf(
  configuration: TransferConfiguration,
  classes: number,
  { name, precision }: MemoryOwner,
): MemoryEstimate {
  const { network, frames, method } = configuration;
  const streams = METHOD_PRESETS[method].streams.length === 2 ? 2 : 1;
  const description = describeNetwork(network, streams);
  const sizes = { sizePixels: frames.sizePixels, streams, steps: stepsOf(configuration), classes };
  return name === 'webgpu'
    ? estimateGpuMemory(description, { ...sizes, precision })
    : estimateMemory(description, sizes);
}

/** What to do about a batch that does not fit. @param fitting pairs that do; below 1 none. */
function nextStep(fitting: number, { training }: TransferConfiguration): string {
  return fitting >= 1
    ? `training.batchPairs ${fitting} would fit (now ${training.batchPairs}); or use fewer channels or time steps.`
    : 'No batch would fit: use fewer channels or time steps, or smaller frames.';
}

/** Pairs that fit into bytes, by the peak that the estimate suggests. */
function pairsIn(bytes: number, { parameters, perPair }: MemoryEstimate, peak: number): number {
  return Math.floor((bytes - parameters) / (perPair * peak));
}

/**
 * Refuses what cannot fit the memory of the backend, before hours of work or swapping. Nothing is refused where the
 * memory of a GPU is not known.
 * @param classes outputs of each head.
 * @throws SpikeBridgeError (configuration) naming the batch that would fit.
 */
export async function requireMemory(
  configuration: TransferConfiguration,
  classes: number,
  backend: MemoryOwner,
): Promise<void> {
  const isSimd = backend.name === 'simd';
  const available = isSimd ? SIMD_MEMORY_BYTES : await backend.freeBytes?.();
  if (available === undefined) {
    return;
  }
  const estimate = estimateOf(configuration, classes, backend);
  const needed = estimate.parameters + configuration.training.batchPairs * estimate.perPair;
  if (needed <= available) {
    return;
  }
  const peak = isSimd ? 1 : PEAK_OVER_ESTIMATE[backend.precision];
  throw new SpikeBridgeError(
    'configuration',
    `training needs at least ${gibibytes(needed)}; ${isSimd ? 'the simd backend addresses' : 'the GPU has free'} ${gibibytes(available)}`,
    nextStep(pairsIn(available, estimate, peak), configuration),
  );
}

/**
 * A shortage of memory in training, with the batch that would fit; any other error as it is.
 * @param classes outputs of each head.
 */
export function namingFittingBatch(
  error: unknown,
  configuration: TransferConfiguration,
  classes: number,
  backend: MemoryOwner,
): unknown {
  if (!(error instanceof MemoryShortage)) {
    return error;
  }
  const { batchPairs } = configuration.training;
  const { availableBytes, share = 1 } = error.room;
  const byBinding = share < 1 ? Math.floor(batchPairs * share) : batchPairs - 1;
  const estimate = estimateOf(configuration, classes, backend);
  const byMemory =
    availableBytes === undefined
      ? byBinding
      : pairsIn(availableBytes, estimate, PEAK_OVER_ESTIMATE[backend.precision]);
  const advice = nextStep(Math.min(byBinding, byMemory), configuration);
  const next = `${advice} ${error.nextStep.replace(/^Lower training\.batchPairs, (or )?/, 'Otherwise ')}`;
  return new SpikeBridgeError(error.category, error.message, next, error.place, { cause: error });
}
