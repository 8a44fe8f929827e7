import * as tf from '@tensorflow/tfjs-core';
import { chunksFor } from './jobRunner';
import { type KernelCall, simdKernel } from './kernelConfig';
import { KernelId } from './kernels/kernelIds';
import { spikeCounts } from './normalisedSource';
import { runStockKernel } from './stockKernel';

/** Values that are worth a chunk. */
const CHUNK_VALUES = 65536;

interface ReductionAttributes {
  readonly axis: number | number[];
  readonly keepDims: boolean;
}

type ReductionCall = KernelCall<{ x: tf.TensorInfo }, ReductionAttributes>;

/** A reduction over the last axes (rows) or over the first axes (columns) of a tensor. */
interface Reduction {
  readonly kernel: KernelId.SumRows | KernelId.SumColumns;
  readonly reduced: number;
  readonly kept: number;
}

/** The reduction over sorted `axes`, or undefined if they are neither the first nor the last ones. */
function reductionOver(shape: readonly number[], axes: readonly number[]): Reduction | undefined {
  const reduced = axes.reduce((product, axis) => product * (shape[axis] as number), 1);
  const kept = shape.reduce((product, size) => product * size, 1) / Math.max(1, reduced);
  const firstOfLast = shape.length - axes.length;
  if (reduced === 0 || kept === 0) {
    return undefined;
  }
  if (axes.every((axis, index) => axis === firstOfLast + index)) {
    return { kernel: KernelId.SumRows, reduced, kept };
  }
  return axes.every((axis, index) => axis === index)
    ? { kernel: KernelId.SumColumns, reduced, kept }
    : undefined;
}

/** Sums in float64, times `scale`, into a new tensor. */
function reduce(
  { backend, inputs }: ReductionCall,
  { kernel, reduced, kept }: Reduction,
  scale: number,
  shape: number[],
) {
  const chunks = chunksFor(reduced * kept, CHUNK_VALUES);
  const runs = Math.min(kept, chunks);
  const pieces = Math.max(1, Math.floor(chunks / runs));
  const y = backend.allocateTensor(shape);
  const values = backend.data.get(y.info.dataId).values as Float32Array;
  backend.heap.withBlock(pieces * kept * 8, (partials) => {
    const args = [backend.addressOf(inputs.x), partials, reduced, kept, pieces, runs];
    backend.jobs.run(kernel, args, pieces * runs);
    const sums = backend.heap.doubles(partials, pieces * kept);
    for (let index = 0; index < kept; index++) {
      let sum = 0;
      for (let piece = 0; piece < pieces; piece++) {
        sum += sums[piece * kept + index] as number;
      }
      values[index] = sum * scale;
    }
  });
  return y.info;
}

function reduceOrFallBack(
  name: typeof tf.Sum | typeof tf.Mean,
  call: ReductionCall,
): tf.TensorInfo | tf.TensorInfo[] {
  const { x } = call.inputs;
  const { axis, keepDims } = call.attributes;
  const axes = tf.util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
  const reduction = x.dtype === 'float32' ? reductionOver(x.shape, axes) : undefined;
  if (!reduction) {
    return runStockKernel(name, call);
  }
  const known = spikeCounts.get(x.dataId);
  const kept = x.shape.filter((_, index) => !axes.includes(index));
  const shape = keepDims ? tf.backend_util.expandShapeToKeepDim(kept, axes) : kept;
  const scale = name === tf.Mean ? 1 / reduction.reduced : 1;
  if (known && reduction.kernel === KernelId.SumRows && reduction.kept === known.length) {
    const values = Float32Array.from(known, (count) => count * scale);
    return call.backend.makeTensorInfo(shape, 'float32', values);
  }
  return reduce(call, reduction, scale, shape);
}

export const reductionKernels = ([tf.Sum, tf.Mean] as const).map((name) =>
  simdKernel<ReductionCall['inputs'], ReductionAttributes>(name, (call) => reduceOrFallBack(name, call)),
);
