import * as tf from '@tensorflow/tfjs-core';
import { averagePoolShader, type PoolShape, poolGroups } from '../shaders/pooling.wgsl';
import type { SpikeWebGpuBackend } from '../webGpuBackend';
import { activationFormat } from './convolutionSizes';
import { gpuKernel, type KernelCall, partOf, partsFor } from './gpuKernel';
import { runStockKernel } from './stockKernel';

/** The sizes of a pool whose windows do not overlap, are square, not padded, and lie inside, at least one; else undefined. */
function poolShape(
  shape: readonly number[],
  { filterSize, strides, pad, dimRoundingMode }: tf.AvgPoolAttrs,
): PoolShape | undefined {
  const info = tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
  const isPlain =
    filterHeight === filterWidth && strideHeight === filterHeight && strideWidth === filterWidth;
  const isPadded = padInfo.top + padInfo.left + padInfo.bottom + padInfo.right > 0;
  const hasWindows = info.outHeight > 0 && info.outWidth > 0;
  if (!isPlain || isPadded || !hasWindows || info.inChannels % 2 !== 0) {
    return undefined;
  }
  return {
    frames: info.batchSize,
    height: info.inHeight,
    width: info.inWidth,
    channels: info.inChannels,
    window: filterHeight,
    pooledHeight: info.outHeight,
    pooledWidth: info.outWidth,
  };
}

/** Means of so many spikes are exact in halves: the numbers of spikes have at most eleven bits. */
const EXACT_WINDOWS = [2, 4, 8, 16, 32];

/**
 * Means are kept as other activations are, but in f32 as halves wherever these are exact: a product then takes two terms
 * in place of three (splitProducts.ts). In f16, halves would round the weights of layers that are kept in f32.
 */
function pooledFormat(backend: SpikeWebGpuBackend, { channels, window }: PoolShape, isSpikes: boolean) {
  const isExact = isSpikes && EXACT_WINDOWS.includes(window) && channels % 32 === 0;
  return backend.precision === 'f32' && isExact ? 'f16' : activationFormat(backend, channels);
}

function averagePool(
  call: KernelCall<{ x: tf.TensorInfo }, tf.AvgPoolAttrs>,
): tf.TensorInfo | tf.TensorInfo[] {
  const { backend, inputs, attributes } = call;
  const { x } = inputs;
  const shape = x.dtype === 'float32' ? poolShape(x.shape, attributes) : undefined;
  if (!shape) {
    return runStockKernel(tf.AvgPool, call);
  }
  const { frames, pooledHeight, pooledWidth, channels } = shape;
  const input = backend.valuesOf(x);
  const format = pooledFormat(backend, shape, input.format === 'bits');
  const y = backend.createActivation([frames, pooledHeight, pooledWidth, channels], format);
  const values = tf.util.sizeFromShape(x.shape);
  const pooled = frames * pooledHeight * pooledWidth * channels;
  const bytes = [
    input.format === 'bits' ? values / 8 : values * (input.format === 'f16' ? 2 : 4),
    pooled * (format === 'f16' ? 2 : 4),
  ] as const;
  const parts = partsFor(backend, frames, bytes, values);
  const part: PoolShape = { ...shape, frames: frames / parts };
  const formats = { x: input.format, y: format };
  for (let index = 0; index < parts; index++) {
    backend.dispatch({
      label: 'average pool',
      key: `${Object.values(part).join()},${input.format},${format}`,
      shader: () => averagePoolShader(part, formats),
      buffers: [partOf(y.buffer, bytes[1], parts, index), partOf(input.buffer, bytes[0], parts, index)],
      groups: poolGroups(part, formats),
    });
  }
  return y.info;
}

/** Not stored: LIF's gradient spreads it over the windows on the fly (storage.ts). */
function averagePoolGradient(
  call: KernelCall<{ dy: tf.TensorInfo; input: tf.TensorInfo }, tf.AvgPoolGradAttrs>,
): tf.TensorInfo | tf.TensorInfo[] {
  const { backend, inputs, attributes } = call;
  const { dy, input } = inputs;
  const shape = poolShape(input.shape, attributes);
  if (!shape) {
    return runStockKernel(tf.AvgPoolGrad, call);
  }
  const dx = backend.createStored(input.shape, { kind: 'spread', source: dy, window: shape.window });
  backend.holdFor(dx, dy);
  return backend.asTransient(dx);
}

export const poolingKernels = [
  gpuKernel(tf.AvgPool, averagePool),
  gpuKernel(tf.AvgPoolGrad, averagePoolGradient),
];
