import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type ConvolutionShape, shapeKey } from '../shaders/convolutionShape';
import { itemGroups, packFilterShader } from '../shaders/filters.wgsl';
import { matrixConvolutionShader } from '../shaders/matrixConvolution.wgsl';
import type { MatrixTile } from '../shaders/matrixTile.wgsl';
import { fitsPatches, patchFor, patchGroups } from '../shaders/patch';
import { patchConvolutionShader } from '../shaders/patchConvolution.wgsl';
import { sizeOf } from '../storage';
import type { SpikeWebGpuBackend } from '../webGpuBackend';
import {
  type ConvolutionOperands,
  type ConvolutionWork,
  inputBytes,
  mostValues,
  outputBytes,
  outputPixels,
} from './convolutionSizes';
import { partOf, partsFor } from './gpuKernel';

/** Rows and columns per workgroup that were fastest on an H200 for so many output channels (test/bench/gpu). */
function convolutionTile(outputChannels: number): MatrixTile | undefined {
  const common = { inner: 32, subgroupRows: 64, subgroupColumns: 64, buffers: 1 } as const;
  if (outputChannels % 256 === 0) {
    return { ...common, rows: 128, columns: 256 };
  }
  if (outputChannels % 128 === 0) {
    return { ...common, rows: 256, columns: 128 };
  }
  return outputChannels % 64 === 0 ? { ...common, rows: 256, columns: 64 } : undefined;
}

/** A filter as halves in scratch memory, valid until `use` returns. */
function withPackedFilter(
  backend: SpikeWebGpuBackend,
  filter: TensorInfo,
  { shape, gradientOf }: ConvolutionWork,
  use: (halves: GPUBuffer) => void,
): void {
  const isReversed = gradientOf !== undefined;
  const values = sizeOf(filter.shape);
  backend.withScratch(values * 2, (halves) => {
    backend.dispatch({
      label: 'pack filter',
      key: `${filter.shape.join()},${isReversed}`,
      shader: () => packFilterShader(gradientOf ?? shape, isReversed),
      buffers: [halves, backend.bufferOf(filter)],
      groups: itemGroups(values / 2),
    });
    use(halves);
  });
}

/**
 * A convolution of halves or spikes to halves, cut into parts that can be bound, where the backend multiplies matrices
 * and the sizes fit them. @returns whether it was.
 */
export function convolveHalves(
  backend: SpikeWebGpuBackend,
  work: ConvolutionWork,
  { x, filter, y }: ConvolutionOperands,
): boolean {
  const { label, shape, gradientOf } = work;
  const input = x.format;
  const tile = convolutionTile(shape.outputChannels);
  const isFitting = shape.inputChannels % 32 === 0 && y.format === 'f16';
  if (backend.matrixPrecision !== 'f16' || !tile || !isFitting || input === 'f32') {
    return false;
  }
  const kind = gradientOf ? 'gradient' : 'activation';
  const bytes = [inputBytes(shape, input), outputBytes(shape, 'f16')] as const;
  const parts = partsFor(backend, shape.frames, bytes, mostValues(shape));
  const part: ConvolutionShape = { ...shape, frames: shape.frames / parts };
  const patch = fitsPatches(part) ? patchFor(part) : undefined;
  const rowTiles = Math.ceil(outputPixels(part) / tile.rows);
  withPackedFilter(backend, filter, work, (halves) => {
    for (let index = 0; index < parts; index++) {
      backend.dispatch({
        label,
        key: `matrix,${shapeKey(part)},${input},${kind}`,
        shader: () =>
          patch
            ? patchConvolutionShader({ shape: part, input, patch, output: kind })
            : matrixConvolutionShader({ shape: part, input, tile, kind }),
        buffers: [partOf(x.buffer, bytes[0], parts, index), halves, partOf(y.buffer, bytes[1], parts, index)],
        groups: patch
          ? patchGroups(part, patch)
          : [part.outputChannels / tile.columns, Math.min(rowTiles, 32768), Math.ceil(rowTiles / 32768)],
      });
    }
  });
  return true;
}
