import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  type ConvolutionAttributes,
  type ConvolutionGradientAttributes,
  FUSED_KERNELS,
} from '../../fusedKernels';
import { type ConvolutionShape, shapeKey } from '../shaders/convolutionShape';
import { itemGroups, packFilterShader } from '../shaders/filters.wgsl';
import { matrixConvolutionShader } from '../shaders/matrixConvolution.wgsl';
import type { MatrixTile } from '../shaders/matrixTile.wgsl';
import { fitsPatches, patchFor, patchGroups } from '../shaders/patch';
import { patchConvolutionShader } from '../shaders/patchConvolution.wgsl';
import { isThin, thinConvolutionShader, thinGroups } from '../shaders/thinConvolution.wgsl';
import { tileConvolutionShader, tileGroups, tileInputGradientShader } from '../shaders/tileProduct.wgsl';
import type { HalvesKind } from '../shaders/values.wgsl';
import { sizeOf } from '../storage';
import type { SpikeWebGpuBackend } from '../webGpuBackend';
import {
  activationFormat,
  inputBytes,
  layerOf,
  mostValues,
  outputBytes,
  outputPixels,
  shapeOf,
} from './convolutionSizes';
import { filterGradient } from './filterGradient';
import { gpuKernel, type KernelCall, partOf, partsFor, requireValues } from './gpuKernel';

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
  shape: ConvolutionShape,
  reversed: boolean,
  use: (halves: GPUBuffer) => void,
): void {
  const values = sizeOf(filter.shape);
  backend.withScratch(values * 2, (halves) => {
    backend.dispatch({
      label: 'pack filter',
      key: `${filter.shape.join()},${reversed}`,
      shader: () => packFilterShader(shape, reversed),
      buffers: [halves, backend.bufferOf(filter)],
      groups: itemGroups(values / 2),
    });
    use(halves);
  });
}

/** Runs a matrix kernel on memory of any format it takes, cut into parts that can be bound. */
function runMatrixConvolution(
  backend: SpikeWebGpuBackend,
  label: string,
  shape: ConvolutionShape,
  tile: MatrixTile,
  {
    x,
    halves,
    y,
    kind,
  }: {
    x: { format: 'f16' | 'bits'; buffer: GPUBuffer };
    halves: GPUBuffer;
    y: GPUBuffer;
    kind: HalvesKind;
  },
): void {
  const bytes = [inputBytes(shape, x.format), outputBytes(shape, 'f16')] as const;
  const parts = partsFor(backend, shape.frames, bytes, mostValues(shape));
  const part: ConvolutionShape = { ...shape, frames: shape.frames / parts };
  const patch = fitsPatches(part) ? patchFor(part) : undefined;
  const rowTiles = Math.ceil(outputPixels(part) / tile.rows);
  const kernel = { shape: part, input: x.format, kind };
  for (let index = 0; index < parts; index++) {
    backend.dispatch({
      label,
      key: `matrix,${shapeKey(part)},${x.format},${kind}`,
      shader: () =>
        patch ? patchConvolutionShader({ ...kernel, patch }) : matrixConvolutionShader({ ...kernel, tile }),
      buffers: [partOf(x.buffer, bytes[0], parts, index), halves, partOf(y, bytes[1], parts, index)],
      groups: patch
        ? patchGroups(part, patch)
        : [part.outputChannels / tile.columns, Math.min(rowTiles, 32768), Math.ceil(rowTiles / 32768)],
    });
  }
}

function convolution({
  backend,
  inputs: { x, filter },
  attributes,
}: KernelCall<{ x: TensorInfo; filter: TensorInfo }, ConvolutionAttributes>): TensorInfo {
  const shape = shapeOf(x.shape, filter.shape, attributes);
  const { frames, outputHeight, outputWidth, outputChannels, inputChannels } = shape;
  const outputShape = [frames, outputHeight, outputWidth, outputChannels];
  requireValues(FUSED_KERNELS.convolution, 'output', outputShape);
  const format = activationFormat(backend, outputChannels);
  const y = backend.createActivation(outputShape, format);
  const input = backend.valuesOf(x);
  const tile = convolutionTile(outputChannels);
  const { format: inputFormat } = input;
  if (backend.usesMatrices && tile && format === 'f16' && inputFormat !== 'f32' && inputChannels % 32 === 0) {
    withPackedFilter(backend, filter, shape, false, (halves) =>
      runMatrixConvolution(backend, `convolution ${layerOf(shape)}`, shape, tile, {
        x: { ...input, format: inputFormat },
        halves,
        y: y.buffer,
        kind: 'activation',
      }),
    );
    return y.info;
  }
  const bytes = [inputBytes(shape, inputFormat), outputBytes(shape, format)] as const;
  const parts = partsFor(backend, frames, bytes, mostValues(shape));
  const part = { ...shape, frames: frames / parts };
  const formats = { x: inputFormat, y: format };
  for (let index = 0; index < parts; index++) {
    backend.dispatch({
      label: `convolution ${layerOf(shape)} (${isThin(part) ? 'thin' : 'f32 tiles'})`,
      key: `${shapeKey(part)},${inputFormat},${format}`,
      shader: () => (isThin(part) ? thinConvolutionShader : tileConvolutionShader)(part, formats),
      buffers: [
        partOf(y.buffer, bytes[1], parts, index),
        partOf(input.buffer, bytes[0], parts, index),
        backend.bufferOf(filter),
      ],
      groups: isThin(part) ? thinGroups(part) : tileGroups(outputPixels(part), outputChannels),
    });
  }
  return y.info;
}

/** The input gradient of a convolution with stride 1 is a convolution with the reversed filter. */
function reversedShape(shape: ConvolutionShape): ConvolutionShape {
  return {
    ...shape,
    height: shape.outputHeight,
    width: shape.outputWidth,
    inputChannels: shape.outputChannels,
    outputChannels: shape.inputChannels,
    outputHeight: shape.height,
    outputWidth: shape.width,
    paddingTop: shape.kernelHeight - 1 - shape.paddingTop,
    paddingLeft: shape.kernelWidth - 1 - shape.paddingLeft,
  };
}

function inputGradient({
  backend,
  inputs: { dy, filter },
  attributes,
}: KernelCall<{ dy: TensorInfo; filter: TensorInfo }, ConvolutionGradientAttributes>): TensorInfo {
  const shape = shapeOf(attributes.shape, filter.shape, attributes);
  const { frames, height, width, inputChannels, outputChannels, stride } = shape;
  const format = activationFormat(backend, inputChannels);
  const dx = backend.createActivation(attributes.shape, format);
  const gradient = backend.floatsOf(dy);
  const tile = convolutionTile(inputChannels);
  const usesMatrices = backend.usesMatrices && stride === 1 && outputChannels % 32 === 0;
  if (usesMatrices && tile && format === 'f16' && gradient.format === 'f16') {
    withPackedFilter(backend, filter, shape, true, (halves) =>
      runMatrixConvolution(backend, `input gradient ${layerOf(shape)}`, reversedShape(shape), tile, {
        x: { buffer: gradient.buffer, format: 'f16' },
        halves,
        y: dx.buffer,
        kind: 'gradient',
      }),
    );
    return backend.asTransient(dx.info);
  }
  const bytes = [outputBytes(shape, gradient.format), inputBytes(shape, format)] as const;
  const parts = partsFor(backend, frames, bytes, mostValues(shape));
  const part = { ...shape, frames: frames / parts };
  for (let index = 0; index < parts; index++) {
    backend.dispatch({
      label: `input gradient ${layerOf(shape)} (f32 tiles)`,
      key: `${shapeKey(part)},${gradient.format},${format}`,
      shader: () => tileInputGradientShader(part, { dy: gradient.format, dx: format }),
      buffers: [
        partOf(dx.buffer, bytes[1], parts, index),
        partOf(gradient.buffer, bytes[0], parts, index),
        backend.bufferOf(filter),
      ],
      groups: tileGroups(part.frames * height * width, inputChannels),
    });
  }
  return backend.asTransient(dx.info);
}

export const convolutionKernels = [
  gpuKernel(FUSED_KERNELS.convolution, convolution),
  gpuKernel(FUSED_KERNELS.convolutionInputGradient, inputGradient),
  gpuKernel(FUSED_KERNELS.convolutionFilterGradient, filterGradient),
];
