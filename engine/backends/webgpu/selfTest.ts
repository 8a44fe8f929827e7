import * as tf from '@tensorflow/tfjs-core';
import { fetchValues } from '../fetchValues';
import { FUSED_KERNELS } from '../fusedKernels';
import { runSingleOutputKernel } from '../fusedOp';
import type { SpikeWebGpuBackend } from './webGpuBackend';

/** Largest deviation that rounding to halves explains, relative to the largest value. */
const TOLERANCE = 5e-3;
const FRAMES = 3;
const SIZE = 6;
/** Channels that take every tile of kernels/convolution.ts, from spikes and from halves. */
const CHANNELS = [
  [32, 64],
  [64, 128],
  [64, 256],
] as const;

type Shape4 = [number, number, number, number];

/** Seeded values: multiples of 1/8, so that halves hold them exactly. */
function values(shape: Shape4, seed: number): tf.Tensor4D {
  return tf.tidy(() => tf.div(tf.round(tf.mul(tf.randomNormal(shape, 0, 1, 'float32', seed), 8)), 8));
}

/** Values as the backend keeps activations: an average over single pixels makes halves. */
function asHalves(x: tf.Tensor4D): tf.Tensor4D {
  return tf.avgPool(x, 1, 1, 'valid');
}

/** A convolution and both its gradients on the backend's present kernels. */
function convolve(inputChannels: number, outputChannels: number): tf.Tensor[] {
  const attributes = { stride: 1, padding: 1 };
  const filterShape: Shape4 = [3, 3, inputChannels, outputChannels];
  const x = asHalves(values([FRAMES, SIZE, SIZE, inputChannels], 1));
  const dy = asHalves(values([FRAMES, SIZE, SIZE, outputChannels], 2));
  const filter = values(filterShape, 3);
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

async function valuesOf(
  backend: SpikeWebGpuBackend,
  onMatrices: boolean,
  channels: readonly [number, number],
) {
  backend.allowsMatrices = onMatrices;
  const tensors = tf.tidy(
    () => convolve(...channels) as unknown as tf.TensorContainer,
  ) as unknown as tf.Tensor[];
  await fetchValues(tensors);
  const results = tensors.map((tensor) => Float32Array.from(tensor.dataSync()));
  tf.dispose(tensors);
  return results;
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
 * Compares the kernels on subgroup matrices with those on f32 tiles, in the process that will train, and switches them
 * off where they differ (drivers are young here). The backend must be the active one.
 * @returns what failed, for people; undefined where all is well.
 */
export async function testMatrixKernels(backend: SpikeWebGpuBackend): Promise<string | undefined> {
  for (const channels of CHANNELS) {
    const expected = await valuesOf(backend, false, channels);
    const actual = await valuesOf(backend, true, channels);
    const worst = Math.max(...expected.map((each, index) => deviation(actual[index] as Float32Array, each)));
    if (worst > TOLERANCE) {
      backend.allowsMatrices = false;
      return `matrix kernels deviate by ${worst.toExponential(1)} at ${channels.join(' to ')} channels and are off`;
    }
  }
  return undefined;
}
