import * as tf from '@tensorflow/tfjs-core';
import { SpikeBridgeError } from '../../errors';
import { fetchValues } from '../fetchValues';
import { FUSED_KERNELS, type LifAttributes } from '../fusedKernels';
import { runSingleOutputKernel } from '../fusedOp';
import type { Precision, SpikeWebGpuBackend } from './webGpuBackend';

/** Largest deviation that rounding explains, relative to the largest value: of halves, and of f32 as sums of halves. */
const TOLERANCES = { f16: 5e-3, f32: 1e-5 } as const;
/** More than a matrix holds, and no multiple of it. */
const FRAMES = 18;
/**
 * Channels, frame sizes and filter sizes that take every tile of kernels/convolution.ts and every patch of
 * shaders/patch.ts, forward and back.
 */
export const MATRIX_CASES = [
  { channels: [32, 64], size: [5, 5], filterSize: 3, input: 'spikes' },
  { channels: [64, 128], size: [5, 8], filterSize: 3, input: 'values' },
  { channels: [64, 128], size: [5, 5], filterSize: 3, input: 'spikes' },
  { channels: [64, 256], size: [3, 3], filterSize: 1, input: 'values' },
  { channels: [128, 128], size: [3, 3], filterSize: 1, input: 'spikes' },
  { channels: [64, 64], size: [3, 3], filterSize: 1, input: 'spikes' },
  { channels: [32, 64], size: [4, 6], filterSize: 3, input: 'means' },
] as const;
type Case = (typeof MATRIX_CASES)[number];

const NEURON: LifAttributes = {
  ...{ streams: 1, steps: FRAMES, tau: 2, threshold: 0.5 },
  ...{ surrogate: 'qgate', alpha: 2, withMembrane: false },
};

type Shape4 = [number, number, number, number];

/** Seeded values; for f16 multiples of 1/8, so that halves hold them exactly. */
function values(shape: Shape4, seed: number, precision: Precision): tf.Tensor4D {
  return tf.tidy(() => {
    const drawn = tf.randomNormal<tf.Rank.R4>(shape, 0, 1, 'float32', seed);
    return precision === 'f16' ? tf.div(tf.round(tf.mul(drawn, 8)), 8) : drawn;
  });
}

/** Values as the backend keeps activations: an average over single pixels makes halves in f16. */
function asActivation(x: tf.Tensor4D): tf.Tensor4D {
  return tf.avgPool(x, 1, 1, 'valid');
}

/** Values as the backend keeps spikes: bits. */
function asSpikes(x: tf.Tensor4D): tf.Tensor4D {
  return runSingleOutputKernel(FUSED_KERNELS.lif, { x }, NEURON);
}

/** A convolution's input: spikes, their means over 2 x 2 pixels, or values as they are kept. */
function inputOf(
  { size: [height, width], channels: [channels], input }: Case,
  precision: Precision,
): tf.Tensor4D {
  if (input === 'means') {
    return tf.avgPool(
      asSpikes(values([FRAMES, 2 * height, 2 * width, channels], 1, precision)),
      2,
      2,
      'valid',
    );
  }
  const drawn = values([FRAMES, height, width, channels], 1, precision);
  return input === 'spikes' ? asSpikes(drawn) : asActivation(drawn);
}

/** A convolution and both its gradients on the backend's present kernels. */
function convolve(each: Case, precision: Precision): tf.Tensor[] {
  const { channels, size, filterSize } = each;
  const [inputChannels, outputChannels] = channels;
  const attributes = { stride: 1, padding: (filterSize - 1) / 2 };
  const filterShape: Shape4 = [filterSize, filterSize, inputChannels, outputChannels];
  const x = inputOf(each, precision);
  const dy = asActivation(values([FRAMES, ...size, outputChannels], 2, precision));
  const filter = values(filterShape, 3, precision);
  return [
    runSingleOutputKernel(FUSED_KERNELS.convolution, { x, filter }, attributes),
    runSingleOutputKernel(
      FUSED_KERNELS.convolutionInputGradient,
      { dy, filter },
      { ...attributes, shape: x.shape },
    ),
    runSingleOutputKernel(
      FUSED_KERNELS.convolutionFilterGradient,
      { dy, x },
      { ...attributes, shape: filterShape },
    ),
  ];
}

/** Queues all cases on one kind of kernels. @returns the results of each case. */
function convolveAll(
  backend: SpikeWebGpuBackend,
  cases: readonly Case[],
  onMatrices: boolean,
): tf.Tensor[][] {
  backend.allowsMatrices = onMatrices;
  return cases.map(
    (each) =>
      tf.tidy(
        () => convolve(each, backend.precision) as unknown as tf.TensorContainer,
      ) as unknown as tf.Tensor[],
  );
}

/** Largest deviation of a case's results, relative to each result's largest value. */
function worstDeviation(actual: readonly tf.Tensor[], expected: readonly tf.Tensor[]): number {
  const deviations = expected.map((tensor, index) =>
    deviation(actual[index]!.dataSync<'float32'>(), tensor.dataSync<'float32'>()),
  );
  return Math.max(...deviations);
}

function deviation(actual: Float32Array, expected: Float32Array): number {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  const worst = expected.reduce((most, value, index) => {
    const difference = Math.abs(value - (actual[index] as number));
    return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(most, difference);
  }, 0);
  return worst / largest;
}

/**
 * Whether values travel to the GPU, through a kernel and back in this very process: Electron refuses memory of native
 * modules, which reading may need.
 * @throws SpikeBridgeError (backend) where they do not.
 */
export async function testRoundTrip(): Promise<void> {
  const expected = [1, 4, 9];
  const squares = tf.tidy(() =>
    tf.square(tf.reshape(tf.concat([tf.tensor1d([1, 2]), tf.tensor1d([3])]), [3])),
  );
  const actual = [...(await squares.data())];
  squares.dispose();
  if (actual.join() !== expected.join()) {
    throw new SpikeBridgeError(
      'backend',
      `the GPU computed ${actual.join(', ')} instead of ${expected.join(', ')}`,
      'Update the GPU driver, or use the backend "simd".',
    );
  }
}

/**
 * Compares the kernels on subgroup matrices with those on f32 tiles, in the process that will train, and switches them
 * off where they differ (drivers are young here). The backend must be the active one. Matrices come first: memory that
 * a kernel did not write must not hold the right results by chance. All cases are queued before any is read, so that
 * their shaders are compiled side by side.
 * @returns what failed, for people; undefined where all is well.
 */
export async function testMatrixKernels(
  backend: SpikeWebGpuBackend,
  cases: readonly Case[] = MATRIX_CASES,
): Promise<string | undefined> {
  const [actual, expected] = [convolveAll(backend, cases, true), convolveAll(backend, cases, false)];
  const tensors = [...actual, ...expected].flat();
  try {
    await fetchValues(tensors);
    for (const [index, { channels, size, filterSize }] of cases.entries()) {
      const worst = worstDeviation(actual[index]!, expected[index]!);
      if (worst > TOLERANCES[backend.precision]) {
        const where = `${channels.join(' to ')} channels of ${size.join(' x ')}, filter ${filterSize} x ${filterSize}`;
        return `matrix kernels deviate by ${worst.toExponential(1)} at ${where} and are off`;
      }
    }
  } finally {
    tf.dispose(tensors);
  }
  backend.allowsMatrices = true;
  return undefined;
}
