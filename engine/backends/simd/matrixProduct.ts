import * as tf from '@tensorflow/tfjs-core';
import { type KernelCall, simdKernel } from './kernelConfig';
import { KernelId } from './kernels/kernelIds';
import { runStockKernel } from './stockKernel';

/** Blocks of kernels/matrixProduct.ts. */
const BLOCK_ROWS = 64;
const BLOCK_COLUMNS = 256;
const BLOCK_INNER = 256;
const SCRATCH_BYTES =
  4 * (BLOCK_ROWS * BLOCK_COLUMNS + BLOCK_ROWS * BLOCK_INNER + BLOCK_INNER * BLOCK_COLUMNS) + 64;

/** Number of matrices, and the last two sizes. */
function matricesOf({ shape }: tf.TensorInfo): { count: number; rows: number; columns: number } {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return { count: tf.util.sizeFromShape(shape.slice(0, -2)), rows, columns };
}

/** Batches that our kernel covers: equal, or one matrix for all. */
function isSimpleBatch(a: tf.TensorInfo, b: tf.TensorInfo): boolean {
  const [batchA, batchB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  return (
    tf.util.arraysEqual(batchA, batchB) ||
    [batchA, batchB].some((batch) => tf.util.sizeFromShape(batch) === 1)
  );
}

function batchMatMul(
  call: KernelCall<{ a: tf.TensorInfo; b: tf.TensorInfo }, tf.BatchMatMulAttrs>,
): tf.TensorInfo | tf.TensorInfo[] {
  const { backend, inputs, attributes } = call;
  const { a, b } = inputs;
  if (a.dtype !== 'float32' || b.dtype !== 'float32' || !isSimpleBatch(a, b)) {
    return runStockKernel(tf.BatchMatMul, call);
  }
  const { transposeA, transposeB } = attributes;
  const [left, right] = [matricesOf(a), matricesOf(b)];
  const [rows, inner] = transposeA ? [left.columns, left.rows] : [left.rows, left.columns];
  const [columns, innerOfB] = transposeB ? [right.rows, right.columns] : [right.columns, right.rows];
  tf.util.assert(inner === innerOfB, () => `matMul: inner sizes ${inner} and ${innerOfB} differ`);
  const batch = Math.max(left.count, right.count);
  const batchShape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const c = backend.allocateTensor([...batchShape, rows, columns]);
  const strides = [left, right].map(({ count, rows: m, columns: n }) => (count === 1 ? 0 : m * n));
  const args = [
    ...[backend.addressOf(a), backend.addressOf(b), c.address, rows, columns, inner],
    ...[Number(transposeA), Number(transposeB), ...strides],
  ];
  const blocks = Math.ceil(rows / BLOCK_ROWS) * Math.ceil(columns / BLOCK_COLUMNS);
  backend.jobs.run(KernelId.MatrixProduct, args, batch * blocks, SCRATCH_BYTES);
  return c.info;
}

export const matrixProductKernels = [simdKernel(tf.BatchMatMul, batchMatMul)];
