import * as tf from '@tensorflow/tfjs-core';
import { activateBackend } from '../../../engine/backends/activateBackend';
import { FUSED_KERNELS, type LifAttributes } from '../../../engine/backends/fusedKernels';
import { runSingleOutputKernel } from '../../../engine/backends/fusedOp';
import type { SpikeWebGpuBackend } from '../../../engine/backends/webgpu/webGpuBackend';

/**
 * Errors of f32 convolutions on the GPU against sums in double precision, at the size of Transfer_VGG_SNN's deepest
 * layers: on matrices as sums of halves, and on f32 tiles. Prints one line each.
 */

const FRAMES = 32;
const SIZE = 12;
const CHANNELS = 512;
const SAMPLES = 400;
const ATTRIBUTES = { stride: 1, padding: 1 };
const NEURON: LifAttributes = {
  ...{ streams: 1, steps: FRAMES, tau: 2, threshold: 0.5 },
  ...{ surrogate: 'qgate', alpha: 2, withMembrane: false },
};

type Shape4 = [number, number, number, number];
const SHAPE: Shape4 = [FRAMES, SIZE, SIZE, CHANNELS];
const FILTER: Shape4 = [3, 3, CHANNELS, CHANNELS];

interface Operands {
  readonly x: Float32Array;
  readonly dy: Float32Array;
  readonly filter: Float32Array;
}

const isInside = (row: number, column: number) => row >= 0 && row < SIZE && column >= 0 && column < SIZE;
const activationAt = (frame: number, row: number, column: number) =>
  ((frame * SIZE + row) * SIZE + column) * CHANNELS;
const filterAt = (tap: number, input: number, output: number) => (tap * CHANNELS + input) * CHANNELS + output;

/** Frame, row, column and channel of an activation's value. */
function placeOf(index: number): Shape4 {
  const pixel = Math.floor(index / CHANNELS);
  return [Math.floor(pixel / SIZE / SIZE), Math.floor(pixel / SIZE) % SIZE, pixel % SIZE, index % CHANNELS];
}

/** Sums over the pixels that the taps of one pixel reach: `direction` 1 forward, -1 for the input gradient. */
function overTaps(index: number, direction: 1 | -1, product: (tap: number, at: number) => number): number {
  const [frame, row, column] = placeOf(index);
  let sum = 0;
  for (let tap = 0; tap < 9; tap++) {
    const y = row + direction * (Math.floor(tap / 3) - 1);
    const x = column + direction * ((tap % 3) - 1);
    sum += isInside(y, x) ? product(tap, activationAt(frame, y, x)) : 0;
  }
  return sum;
}

const overChannels = (product: (channel: number) => number) => {
  let sum = 0;
  for (let channel = 0; channel < CHANNELS; channel++) {
    sum += product(channel);
  }
  return sum;
};

function exactFilterGradient({ x, dy }: Operands, index: number): number {
  const [tap, input, output] = [
    Math.floor(index / CHANNELS / CHANNELS),
    Math.floor(index / CHANNELS) % CHANNELS,
    index % CHANNELS,
  ];
  let sum = 0;
  for (let pixel = 0; pixel < FRAMES * SIZE * SIZE; pixel++) {
    const [frame, row, column] = placeOf(pixel * CHANNELS);
    const [y, at] = [row + Math.floor(tap / 3) - 1, column + (tap % 3) - 1];
    if (isInside(y, at)) {
      sum += (x[activationAt(frame, y, at) + input] as number) * (dy[pixel * CHANNELS + output] as number);
    }
  }
  return sum;
}

/** Every operation: the kernel, and one of its values in double precision. */
const OPERATIONS = {
  convolution: {
    run: (x: tf.Tensor, _: tf.Tensor, filter: tf.Tensor) =>
      runSingleOutputKernel(FUSED_KERNELS.convolution, { x, filter }, ATTRIBUTES),
    exact: ({ x, filter }: Operands, index: number) =>
      overTaps(index, 1, (tap, at) =>
        overChannels((c) => (x[at + c] as number) * (filter[filterAt(tap, c, index % CHANNELS)] as number)),
      ),
  },
  'input gradient': {
    run: (_: tf.Tensor, dy: tf.Tensor, filter: tf.Tensor) =>
      runSingleOutputKernel(
        FUSED_KERNELS.convolutionInputGradient,
        { dy, filter },
        { ...ATTRIBUTES, shape: SHAPE },
      ),
    exact: ({ dy, filter }: Operands, index: number) =>
      overTaps(index, -1, (tap, at) =>
        overChannels((c) => (dy[at + c] as number) * (filter[filterAt(tap, index % CHANNELS, c)] as number)),
      ),
  },
  'filter gradient': {
    run: (x: tf.Tensor, dy: tf.Tensor) =>
      runSingleOutputKernel(
        FUSED_KERNELS.convolutionFilterGradient,
        { dy, x },
        { ...ATTRIBUTES, shape: FILTER },
      ),
    exact: exactFilterGradient,
  },
} as const;

/** Root mean square of the errors of samples, relative to that of the values. */
function relativeError(values: ArrayLike<number>, exact: (index: number) => number): number {
  let [errors, squares] = [0, 0];
  for (let sample = 0; sample < SAMPLES; sample++) {
    const index = (sample * 1_000_003 * 17) % values.length;
    const expected = exact(index);
    errors += ((values[index] as number) - expected) ** 2;
    squares += expected ** 2;
  }
  return Math.sqrt(errors / squares);
}

function inputOf(kind: 'spikes' | 'values'): tf.Tensor4D {
  const drawn = tf.randomNormal<tf.Rank.R4>(SHAPE, 0, 1, 'float32', 1);
  return kind === 'spikes' ? runSingleOutputKernel(FUSED_KERNELS.lif, { x: drawn }, NEURON) : tf.exp(drawn);
}

async function main(): Promise<void> {
  const active = await activateBackend('webgpu', { precision: 'f32' });
  const backend = tf.backend() as SpikeWebGpuBackend;
  console.log(`${active.detail}\n${FRAMES} frames of ${SIZE} x ${SIZE}, ${CHANNELS} to ${CHANNELS} channels`);
  for (const kind of ['spikes', 'values'] as const) {
    const x = inputOf(kind);
    const dy = tf.mul(tf.randomNormal(SHAPE, 0, 1, 'float32', 2), 1e-6);
    const filter = tf.mul(tf.randomNormal(FILTER, 0, 1, 'float32', 3), 0.02);
    const [xs, dys, filters] = await Promise.all([x, dy, filter].map((tensor) => tensor.data()));
    const operands = { x: xs, dy: dys, filter: filters } as Operands;
    for (const [name, { run, exact }] of Object.entries(OPERATIONS)) {
      const errors: string[] = [];
      for (const onMatrices of [true, false]) {
        backend.allowsMatrices = onMatrices;
        const result = run(x, dy, filter);
        const error = relativeError(await result.data(), (index) => exact(operands, index));
        errors.push(`${error.toExponential(1)} ${onMatrices ? 'on matrices' : 'on f32 tiles'}`);
        result.dispose();
      }
      console.log(`${name} of ${kind}: root mean square error ${errors.join(', ')}`);
    }
    tf.dispose([x, dy, filter]);
  }
  await active.dispose();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(`error: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  },
);
