import * as tf from '@tensorflow/tfjs-core';
import { addGroups, residualAddShader } from '../shaders/residualAdd.wgsl';
import { sizeOf } from '../storage';
import { activationFormat } from './convolutionSizes';
import { gpuKernel, type KernelCall, partOf, partsFor } from './gpuKernel';
import { runStockKernel } from './stockKernel';

type AddCall = KernelCall<{ a: tf.TensorInfo; b: tf.TensorInfo }, object>;

const BYTES_PER_VALUE = { f32: 4, f16: 2, bits: 1 / 8 } as const;

/** Whether both are activations, or gradients of them, that this backend keeps as halves or bits. */
function keepsHalves({ backend, inputs: { a, b } }: AddCall): boolean {
  const isActivation = a.shape.length === 4 && `${a.shape}` === `${b.shape}`;
  const areFloats = a.dtype === 'float32' && b.dtype === 'float32';
  const isPacked = [a, b].some((info) => backend.storageOf(info)?.kind === 'packed');
  return isActivation && areFloats && isPacked && activationFormat(backend, a.shape[3] as number) === 'f16';
}

/** Sums of activations of a residual block, and of the gradients that meet where it begins, stay halves. */
function add(call: AddCall): tf.TensorInfo | tf.TensorInfo[] {
  if (!keepsHalves(call)) {
    return runStockKernel(tf.Add, call);
  }
  const { backend, inputs } = call;
  const [a, b] = [backend.valuesOf(inputs.a), backend.valuesOf(inputs.b)];
  const sum = backend.createPacked(inputs.a.shape, 'f16');
  const values = sizeOf(inputs.a.shape);
  const bytes = (['f16', a.format, b.format] as const).map((format) => values * BYTES_PER_VALUE[format]);
  const parts = partsFor(backend, inputs.a.shape[0] as number, bytes, values);
  const formats = { a: a.format, b: b.format };
  for (let index = 0; index < parts; index++) {
    backend.dispatch({
      label: 'residual add',
      key: `${values / parts},${a.format},${b.format}`,
      shader: () => residualAddShader(values / parts, formats),
      buffers: [sum.buffer, a.buffer, b.buffer].map((buffer, place) =>
        partOf(buffer, bytes[place] as number, parts, index),
      ),
      groups: addGroups(values / parts),
    });
  }
  return backend.asTransient(sum.info);
}

export const residualAddKernels = [gpuKernel(tf.Add, add)];
