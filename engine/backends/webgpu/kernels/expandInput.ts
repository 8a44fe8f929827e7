import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type ExpandInputAttributes, FUSED_KERNELS } from '../../fusedKernels';
import { expandGroups, expandInputShader, type PackedShape } from '../shaders/expandInput.wgsl';
import { sizeOf } from '../storage';
import { gpuKernel, type KernelCall, partOf, partsFor, requireValues } from './gpuKernel';

const FLOAT_BYTES = 4;

/** Uploads a packed input as it is, and writes its values on the GPU. */
function expandInput({
  backend,
  attributes,
}: KernelCall<Record<never, never>, ExpandInputAttributes>): TensorInfo {
  const { shape, input } = attributes;
  const { words, ...sizes } = input.packed;
  const packed: PackedShape = sizes;
  requireValues(FUSED_KERNELS.expandInput, 'output', shape);
  const { info, buffer } = backend.createFloat(shape);
  const values = sizeOf(shape);
  const bytes = values * FLOAT_BYTES;
  const rows = input.rows.length;
  const parts = partsFor(backend, rows, [bytes], values);
  const count = rows / parts;
  backend.withUploads([words, input.rows], ([wordsBuffer, rowsBuffer]) => {
    for (let index = 0; index < parts; index++) {
      const firstRow = index * count;
      backend.dispatch({
        label: 'expand input',
        key: `${Object.values(packed).join()},${firstRow},${count}`,
        shader: () => expandInputShader(packed, firstRow, count),
        buffers: [partOf(buffer, bytes, parts, index), wordsBuffer!, rowsBuffer!],
        groups: expandGroups(packed, count),
      });
    }
  });
  return info;
}

export const inputKernels = [gpuKernel(FUSED_KERNELS.expandInput, expandInput)];
