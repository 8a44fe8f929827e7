import * as tf from '@tensorflow/tfjs-core';
import { chunksFor } from './jobRunner';
import { type KernelCall, simdKernel } from './kernelConfig';
import { KernelId } from './kernels/kernelIds';
import { runStockKernel } from './stockKernel';

/** Input values that are worth a chunk. */
const CHUNK_VALUES = 65536;

type PoolInfo = tf.backend_util.Conv2DInfo;

function poolInfo(shape: number[], { filterSize, strides, pad, dimRoundingMode }: tf.AvgPoolAttrs): PoolInfo {
  return tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}

function isUnpadded({ padInfo }: PoolInfo): boolean {
  return padInfo.top === 0 && padInfo.left === 0 && padInfo.bottom === 0 && padInfo.right === 0;
}

/** The words of PoolArgs in kernels/pooling.ts, without the number of chunks. */
function poolArguments(info: PoolInfo, x: number, y: number): number[] {
  return [
    ...[x, y, info.batchSize, info.inHeight, info.inWidth, info.inChannels, info.outHeight, info.outWidth],
    ...[info.filterHeight, info.filterWidth, info.strideHeight, info.strideWidth],
  ];
}

function averagePool(
  call: KernelCall<{ x: tf.TensorInfo }, tf.AvgPoolAttrs>,
): tf.TensorInfo | tf.TensorInfo[] {
  const { backend, inputs, attributes } = call;
  const { x } = inputs;
  const info = poolInfo(x.shape, attributes);
  if (x.dtype !== 'float32' || !isUnpadded(info)) {
    return runStockKernel(tf.AvgPool, call);
  }
  const y = backend.allocateTensor(info.outShape);
  const chunks = chunksFor(tf.util.sizeFromShape(x.shape), CHUNK_VALUES);
  const args = poolArguments(info, backend.addressOf(x), y.address);
  backend.jobs.run(KernelId.AveragePool, [...args, chunks], chunks);
  return y.info;
}

function averagePoolGradient(
  call: KernelCall<{ dy: tf.TensorInfo; input: tf.TensorInfo }, tf.AvgPoolGradAttrs>,
): tf.TensorInfo | tf.TensorInfo[] {
  const { backend, inputs, attributes } = call;
  const { dy, input } = inputs;
  const info = poolInfo(input.shape, attributes);
  const overlaps = info.strideHeight < info.filterHeight || info.strideWidth < info.filterWidth;
  if (overlaps || !isUnpadded(info)) {
    return runStockKernel(tf.AvgPoolGrad, call);
  }
  const dx = backend.allocateTensor(input.shape);
  const chunks = chunksFor(tf.util.sizeFromShape(input.shape), CHUNK_VALUES);
  const args = poolArguments(info, dx.address, backend.addressOf(dy));
  backend.jobs.run(KernelId.AveragePoolGradient, [...args, chunks], chunks);
  return dx.info;
}

export const poolingKernels = [
  simdKernel(tf.AvgPool, averagePool),
  simdKernel(tf.AvgPoolGrad, averagePoolGradient),
];
