import * as tf from '@tensorflow/tfjs-core';
import { type BroadcastAxis, broadcastAxes } from './broadcast';
import { chunksFor } from './jobRunner';
import { type KernelCall, simdKernel } from './kernelConfig';
import { KernelId } from './kernels/kernelIds';
import { runStockKernel } from './stockKernel';

/** Values that are worth a chunk. */
const CHUNK_VALUES = 32768;
/** Axes that kernels/elementwise.ts walks. */
const MOST_AXES = 4;

/** The operations of kernels/elementwise.ts by tfjs kernel. */
const OPERATIONS = [tf.Add, tf.Sub, tf.Multiply, tf.RealDiv] as const;

type BinaryCall = KernelCall<{ a: tf.TensorInfo; b: tf.TensorInfo }, object>;

function padAxes(axes: readonly BroadcastAxis[]): BroadcastAxis[] {
  const missing = Array.from({ length: MOST_AXES - axes.length }, () => ({
    size: 1,
    strideA: 0,
    strideB: 0,
  }));
  return [...missing, ...axes];
}

function binary(name: (typeof OPERATIONS)[number], call: BinaryCall): tf.TensorInfo | tf.TensorInfo[] {
  const { a, b } = call.inputs;
  const shape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const axes = broadcastAxes(a.shape, b.shape, shape);
  const values = tf.util.sizeFromShape(shape);
  const inner = axes.at(-1);
  const covered = axes.length <= MOST_AXES && (inner?.strideA ?? 0) <= 1 && (inner?.strideB ?? 0) <= 1;
  if (a.dtype !== 'float32' || b.dtype !== 'float32' || !covered || values === 0) {
    return runStockKernel(name, call);
  }
  const { backend } = call;
  const y = backend.allocateTensor(shape);
  const padded = padAxes(axes);
  const chunks = chunksFor(values, CHUNK_VALUES);
  const args = [
    ...[backend.addressOf(a), backend.addressOf(b), y.address, OPERATIONS.indexOf(name)],
    ...padded.map(({ size }) => size),
    ...padded.map(({ strideA }) => strideA),
    ...padded.map(({ strideB }) => strideB),
    chunks,
  ];
  backend.jobs.run(KernelId.Binary, args, chunks);
  return y.info;
}

export const elementwiseKernels = OPERATIONS.map((name) =>
  simdKernel<BinaryCall['inputs'], object>(name, (call) => binary(name, call)),
);
