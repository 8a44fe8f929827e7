import * as tf from '@tensorflow/tfjs-core';
import { COUNT_GROUPS, countBitsShader, itemGroups, sumCountsShader } from '../shaders/filters.wgsl';
import { gpuKernel, type KernelCall } from './gpuKernel';
import { runStockKernel } from './stockKernel';

/** Sums of spikes kept as bits over all but the first axis, as firing rates take them; everything else is stock. */
function sum(call: KernelCall<{ x: tf.TensorInfo }, tf.SumAttrs>): tf.TensorInfo | tf.TensorInfo[] {
  const { backend, inputs, attributes } = call;
  const { x } = inputs;
  const storage = backend.storageOf(x);
  const axes = tf.util.parseAxisParam(attributes.axis, x.shape);
  const keepsFirst = axes.length === x.shape.length - 1 && !axes.includes(0);
  const perRow = tf.util.sizeFromShape(x.shape.slice(1));
  if (storage?.kind !== 'packed' || storage.format !== 'bits' || !keepsFirst || perRow % 32 !== 0) {
    return runStockKernel(tf.Sum, call);
  }
  const rows = x.shape[0] as number;
  const output = backend.createFloat(attributes.keepDims ? [rows, ...axes.map(() => 1)] : [rows]);
  const words = perRow / 32;
  backend.withScratch(rows * COUNT_GROUPS * 4, (counts) => {
    backend.dispatch({
      label: 'count spikes',
      key: String(words),
      shader: () => countBitsShader(words),
      buffers: [counts, storage.buffer],
      groups: [COUNT_GROUPS, rows, 1],
    });
    backend.dispatch({
      label: 'sum counts',
      key: String(rows),
      shader: () => sumCountsShader(rows),
      buffers: [output.buffer, counts],
      groups: itemGroups(rows),
    });
  });
  return output.info;
}

export const spikeCountKernels = [gpuKernel(tf.Sum, sum)];
