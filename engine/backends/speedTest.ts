import * as tf from '@tensorflow/tfjs-core';
import type { SpeedReport } from './backendReport';
import { fetchValues } from './fetchValues';
import { FUSED_KERNELS } from './fusedKernels';
import { hasFusedKernel, runSingleOutputKernel } from './fusedOp';

const SIZE = 24;
const [INPUT_CHANNELS, OUTPUT_CHANNELS] = [128, 256];
const FIRING_RATE = 0.1;
const OPERATIONS_PER_FRAME = 2 * SIZE * SIZE * 9 * INPUT_CHANNELS * OUTPUT_CHANNELS;
const MOST_FRAMES = 1024;
const MEBIBYTE = 2 ** 20;
const MOST_BYTES = 256 * MEBIBYTE;
/** Work grows until one run takes so long. */
const LONG_ENOUGH_SECONDS = 0.03;
/** A GPU may take a second to compile a shader: a first run is too long for another one only beyond this. */
const TOO_LONG_AT_FIRST_SECONDS = 3;
const TOO_LONG_SECONDS = 0.3;
/** Runs are repeated for so long, so that the wait for the last one does not count. */
const REPEATED_SECONDS = 0.1;
const MOST_REPETITIONS = 200;
/** A GPU that was idle takes tens of milliseconds to clock up: only the fastest round counts. */
const ROUNDS = 4;

/** Waits for everything that was queued: what is queued last is read. */
async function settle(): Promise<void> {
  const last = tf.tidy(() => tf.square(tf.tensor1d([1, 2])));
  await fetchValues([last]);
  last.dispose();
}

/** Seconds of so many runs, in the mean. */
async function secondsOf(work: () => tf.Tensor, repetitions: number): Promise<number> {
  const start = performance.now();
  for (let index = 0; index < repetitions; index++) {
    tf.dispose(tf.tidy(work));
  }
  await settle();
  return (performance.now() - start) / 1000 / repetitions;
}

/** As {@link secondsOf}, behind a run that warms up and compiles; long runs are not repeated. */
async function warmSecondsOf(work: () => tf.Tensor): Promise<number> {
  await settle();
  const first = await secondsOf(work, 1);
  if (first >= TOO_LONG_AT_FIRST_SECONDS) {
    return first;
  }
  let least = await secondsOf(work, 1);
  for (let round = 0; round < ROUNDS && least < TOO_LONG_SECONDS; round++) {
    const repetitions = Math.ceil(Math.min(REPEATED_SECONDS / least, MOST_REPETITIONS));
    least = Math.min(least, await secondsOf(work, repetitions));
  }
  return least;
}

/** How much more work is tried next: shaders are compiled for every size, so there should be few sizes. */
const growthAfter = (seconds: number) => (seconds > LONG_ENOUGH_SECONDS / 8 ? 4 : 32);

/** Amount per second of the largest size that stays short; each size is prepared and freed. */
async function rateOf(
  largest: number,
  prepare: (size: number) => { readonly work: () => tf.Tensor; readonly inputs: tf.Tensor[] },
): Promise<number> {
  for (let size = 1; ; ) {
    const { work, inputs } = prepare(size);
    try {
      const seconds = await warmSecondsOf(work);
      if (seconds >= LONG_ENOUGH_SECONDS || size === largest) {
        return size / seconds;
      }
      size = Math.min(size * growthAfter(seconds), largest);
    } finally {
      tf.dispose(inputs);
    }
  }
}

/** Spikes as the backend keeps them [frames, S, S, C], of one frame that repeats. */
function spikes(frames: number): tf.Tensor4D {
  const one = tf.randomUniform([1, SIZE, SIZE, INPUT_CHANNELS], 0, 1 / (1 - FIRING_RATE), 'float32', 1);
  const potentials = tf.tile(one, [frames, 1, 1, 1]) as tf.Tensor4D;
  // Without a leak (tau 1) the potential is the input.
  const neuron = {
    streams: 1,
    steps: 1,
    tau: 1,
    threshold: 1,
    surrogate: 'qgate',
    alpha: 2,
    withMembrane: false,
  };
  return runSingleOutputKernel(FUSED_KERNELS.lif, { x: potentials }, neuron);
}

function convolution(frames: number) {
  const x = tf.tidy(() => spikes(frames));
  const filter = tf.randomNormal([3, 3, INPUT_CHANNELS, OUTPUT_CHANNELS], 0, 0.05, 'float32', 2);
  const attributes = { stride: 1, padding: 1 };
  return {
    work: () => runSingleOutputKernel(FUSED_KERNELS.convolution, { x, filter }, attributes),
    inputs: [x, filter],
  };
}

function copy(mebibytes: number) {
  const x = tf.ones([(mebibytes * MEBIBYTE) / 4]);
  return { work: () => tf.mul(x, 2), inputs: [x] };
}

/**
 * Measures the active backend in a few seconds on anything that trains in useful time.
 * @returns undefined where the backend has no kernels of ours.
 */
export async function measureSpeed(): Promise<SpeedReport | undefined> {
  if (!hasFusedKernel(FUSED_KERNELS.convolution)) {
    return undefined;
  }
  const framesPerSecond = await rateOf(MOST_FRAMES, convolution);
  const mebibytesPerSecond = await rateOf(MOST_BYTES / MEBIBYTE, copy);
  return {
    productTeraflops: (framesPerSecond * OPERATIONS_PER_FRAME) / 1e12,
    copyGigabytesPerSecond: (2 * mebibytesPerSecond * MEBIBYTE) / 1e9,
  };
}
