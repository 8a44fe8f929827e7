import { util } from '@tensorflow/tfjs-core';
import { normaliseShader, pairGroups, unpackShader } from './shaders/batchNorm.wgsl';
import { type PoolShape, spreadGroups, spreadShader } from './shaders/pooling.wgsl';
import type { NormalisedValues, PackedValues, SpreadValues, Storage } from './storage';
import type { SpikeWebGpuBackend } from './webGpuBackend';

/** Writes a tensor's values as float32, for stock kernels and reads. @param shape of the tensor. */
export function unpack(
  backend: SpikeWebGpuBackend,
  storage: Storage,
  output: GPUBuffer,
  shape: readonly number[],
): void {
  switch (storage.kind) {
    case 'packed':
      unpackValues(backend, storage, output, util.sizeFromShape([...shape]));
      break;
    case 'normalised':
      unpackNormalised(backend, storage, output);
      break;
    case 'spread':
      unpackSpread(backend, storage, output, shape);
      break;
    case 'neuron gradient':
      storage.write({ format: 'f32', buffer: output });
      break;
    case 'freed':
      throw new Error('a gradient was read after its last use');
  }
}

function unpackValues(
  backend: SpikeWebGpuBackend,
  { format, buffer }: PackedValues,
  output: GPUBuffer,
  values: number,
): void {
  backend.dispatch({
    label: 'unpack',
    key: `${format},${values}`,
    shader: () => unpackShader(values, format),
    buffers: [output, buffer],
    groups: pairGroups(values),
  });
}

function unpackNormalised(
  backend: SpikeWebGpuBackend,
  { x, groups, coefficients }: NormalisedValues,
  output: GPUBuffer,
): void {
  const channels = x.shape.at(-1) as number;
  const rows = util.sizeFromShape(x.shape) / (groups * channels);
  const { format, buffer } = backend.floatsOf(x);
  const shape = { groups, rows, channels, pieces: 1, epsilon: 0 };
  backend.dispatch({
    label: 'normalise',
    key: `${groups},${rows},${channels},${format}`,
    shader: () => normaliseShader(shape, format),
    buffers: [output, buffer, coefficients],
    groups: pairGroups(groups * rows * channels),
  });
}

function unpackSpread(
  backend: SpikeWebGpuBackend,
  { source, window }: SpreadValues,
  output: GPUBuffer,
  shape: readonly number[],
): void {
  const [frames, height, width, channels] = shape as [number, number, number, number];
  const [, pooledHeight, pooledWidth] = source.shape as [number, number, number, number];
  const pool: PoolShape = { frames, height, width, channels, window, pooledHeight, pooledWidth };
  const { format, buffer } = backend.floatsOf(source);
  backend.dispatch({
    label: 'spread',
    key: `${Object.values(pool).join()},${format}`,
    shader: () => spreadShader(pool, format),
    buffers: [output, buffer],
    groups: spreadGroups(pool),
  });
}
