import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  type ConvolutionAttributes,
  type ConvolutionGradientAttributes,
  FUSED_KERNELS,
} from '../../fusedKernels';
import { type ConvolutionShape, type ElementFormat, shapeKey } from '../shaders/convolutionShape';
import { itemGroups, packFilterShader, sumPiecesShader } from '../shaders/filters.wgsl';
import { matrixConvolutionShader } from '../shaders/matrixConvolution.wgsl';
import { matrixFilterGradientShader, paddedFilterRows } from '../shaders/matrixFilterGradient.wgsl';
import type { MatrixTile } from '../shaders/matrixTile.wgsl';
import {
  tileConvolutionShader,
  tileFilterGradientShader,
  tileGroups,
  tileInputGradientShader,
} from '../shaders/tileProduct.wgsl';
import { sizeOf } from '../storage';
import type { SpikeWebGpuBackend } from '../webGpuBackend';
import { gpuKernel, type KernelCall, partOf, partsFor } from './gpuKernel';

type Shape4 = [number, number, number, number];

function shapeOf(
  x: readonly number[],
  filter: readonly number[],
  attributes: ConvolutionAttributes,
): ConvolutionShape {
  const [frames, height, width, inputChannels] = x as Shape4;
  const [kernelHeight, kernelWidth, , outputChannels] = filter as Shape4;
  const { stride, padding } = attributes;
  const along = (size: number, kernel: number) => Math.floor((size + 2 * padding - kernel) / stride) + 1;
  return {
    frames,
    height,
    width,
    inputChannels,
    outputChannels,
    outputHeight: along(height, kernelHeight),
    outputWidth: along(width, kernelWidth),
    kernelHeight,
    kernelWidth,
    stride,
    paddingTop: padding,
    paddingLeft: padding,
  };
}

/** Part of a label: which layer it is, in profiles. */
const layerOf = ({ inputChannels, outputChannels, height, width }: ConvolutionShape) =>
  `${inputChannels} to ${outputChannels} at ${width} x ${height}`;

const BYTES_PER_VALUE = { f32: 4, f16: 2, bits: 1 / 8 } as const;
const inputBytes = (s: ConvolutionShape, format: ElementFormat) =>
  s.frames * s.height * s.width * s.inputChannels * BYTES_PER_VALUE[format];
const outputBytes = (s: ConvolutionShape, format: ElementFormat) =>
  s.frames * s.outputHeight * s.outputWidth * s.outputChannels * BYTES_PER_VALUE[format];

/** Values of the larger of input and output. */
const mostValues = ({
  frames,
  height,
  width,
  inputChannels,
  outputHeight,
  outputWidth,
  outputChannels,
}: ConvolutionShape) =>
  frames * Math.max(height * width * inputChannels, outputHeight * outputWidth * outputChannels);

/** Fewer channels than these neither fill a matrix tile nor take memory worth the loss of precision. */
const HALF_CHANNELS = 64;

/** How activations and their gradients are kept: as halves only where the precision is f16 and matrices are fed. */
export function activationFormat(backend: SpikeWebGpuBackend, channels: number): 'f32' | 'f16' {
  return backend.precision === 'f16' && channels % HALF_CHANNELS === 0 ? 'f16' : 'f32';
}

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

function filterGradientTile({ outputChannels }: ConvolutionShape): MatrixTile | undefined {
  const common = { inner: 32, subgroupRows: 64, subgroupColumns: 64, buffers: 1, rows: 128 } as const;
  return outputChannels % 128 === 0 ? { ...common, columns: 128 } : undefined;
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

/** Runs the matrix kernel on memory of any format it takes, cut into parts that can be bound. */
function runMatrixConvolution(
  backend: SpikeWebGpuBackend,
  label: string,
  shape: ConvolutionShape,
  tile: MatrixTile,
  { x, halves, y }: { x: { format: 'f16' | 'bits'; buffer: GPUBuffer }; halves: GPUBuffer; y: GPUBuffer },
): void {
  const bytes = [inputBytes(shape, x.format), outputBytes(shape, 'f16')] as const;
  const parts = partsFor(backend, shape.frames, bytes, mostValues(shape));
  const part: ConvolutionShape = { ...shape, frames: shape.frames / parts };
  const rowTiles = Math.ceil((part.frames * part.outputHeight * part.outputWidth) / tile.rows);
  for (let index = 0; index < parts; index++) {
    backend.dispatch({
      label,
      key: `matrix,${shapeKey(part)},${x.format}`,
      shader: () => matrixConvolutionShader({ shape: part, input: x.format, tile }),
      buffers: [partOf(x.buffer, bytes[0], parts, index), halves, partOf(y, bytes[1], parts, index)],
      groups: [part.outputChannels / tile.columns, Math.min(rowTiles, 32768), Math.ceil(rowTiles / 32768)],
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
  const format = activationFormat(backend, outputChannels);
  const y = backend.createActivation([frames, outputHeight, outputWidth, outputChannels], format);
  backend.noteConvolved(x);
  const input = backend.valuesOf(x);
  const tile = convolutionTile(outputChannels);
  const { format: inputFormat } = input;
  if (backend.usesMatrices && tile && format === 'f16' && inputFormat !== 'f32' && inputChannels % 32 === 0) {
    withPackedFilter(backend, filter, shape, false, (halves) =>
      runMatrixConvolution(backend, `convolution ${layerOf(shape)}`, shape, tile, {
        x: { ...input, format: inputFormat },
        halves,
        y: y.buffer,
      }),
    );
    return y.info;
  }
  const bytes = [inputBytes(shape, inputFormat), outputBytes(shape, format)] as const;
  const parts = partsFor(backend, frames, bytes, mostValues(shape));
  const part = { ...shape, frames: frames / parts };
  for (let index = 0; index < parts; index++) {
    backend.dispatch({
      label: `convolution ${layerOf(shape)} (f32 tiles)`,
      key: `${shapeKey(part)},${inputFormat},${format}`,
      shader: () => tileConvolutionShader(part, { x: inputFormat, y: format }),
      buffers: [
        partOf(y.buffer, bytes[1], parts, index),
        partOf(input.buffer, bytes[0], parts, index),
        backend.bufferOf(filter),
      ],
      groups: tileGroups(part.frames * outputHeight * outputWidth, outputChannels),
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

/** Workgroups that keep a large GPU busy; pixels are cut into pieces until there are as many. */
const BUSY_WORKGROUPS = 792;
/** Fewer pixels per piece would cost more in summing than they gain. */
const FEWEST_PIXELS = 512;

function piecesFor(tiles: number, pixels: number): number {
  return Math.max(1, Math.min(Math.ceil(BUSY_WORKGROUPS / tiles), Math.floor(pixels / FEWEST_PIXELS)));
}

/** The shader of one filter gradient, without its sums over pieces. */
interface FilterGradientPlan {
  readonly label: string;
  readonly key: string;
  readonly rows: number;
  readonly pieces: number;
  readonly groups: [number, number, number];
  shader(): string;
  /** Bindings in the shader's order. */
  buffers(partial: GPUBufferBinding, x: GPUBufferBinding, dy: GPUBufferBinding): GPUBufferBinding[];
}

function planFilterGradient(
  backend: SpikeWebGpuBackend,
  shape: ConvolutionShape,
  formats: { x: ElementFormat; dy: 'f32' | 'f16' },
): FilterGradientPlan {
  const { frames, outputHeight, outputWidth, inputChannels, outputChannels } = shape;
  const pixels = frames * outputHeight * outputWidth;
  const tile = filterGradientTile(shape);
  const { x, dy } = formats;
  if (backend.usesMatrices && tile && x !== 'f32' && dy === 'f16' && inputChannels % 32 === 0) {
    const rows = paddedFilterRows({ shape, tile });
    const tiles = [outputChannels / tile.columns, rows / tile.rows] as const;
    const pieces = piecesFor(tiles[0] * tiles[1], pixels);
    return {
      label: `filter gradient ${layerOf(shape)}`,
      key: `matrix,${shapeKey(shape)},${x},${pieces}`,
      rows,
      pieces,
      groups: [tiles[0], tiles[1], pieces],
      shader: () => matrixFilterGradientShader({ shape, input: x, tile, pieces }),
      buffers: (partial, input, gradient) => [input, gradient, partial],
    };
  }
  const rows = shape.kernelHeight * shape.kernelWidth * inputChannels;
  const [rowTiles, columnTiles] = tileGroups(rows, outputChannels);
  const pieces = piecesFor(rowTiles * columnTiles, pixels);
  return {
    label: `filter gradient ${layerOf(shape)} (f32 tiles)`,
    key: `${shapeKey(shape)},${x},${dy},${pieces}`,
    rows,
    pieces,
    groups: tileGroups(rows, outputChannels, pieces),
    shader: () => tileFilterGradientShader(shape, formats, pieces),
    buffers: (partial, input, gradient) => [partial, input, gradient],
  };
}

function filterGradient({
  backend,
  inputs: { dy, x },
  attributes,
}: KernelCall<{ dy: TensorInfo; x: TensorInfo }, ConvolutionGradientAttributes>): TensorInfo {
  const shape = shapeOf(x.shape, attributes.shape, attributes);
  const input = backend.valuesOf(x);
  const gradient = backend.floatsOf(dy);
  const formats = { x: input.format, dy: gradient.format };
  const bytes = [inputBytes(shape, input.format), outputBytes(shape, gradient.format)] as const;
  const parts = partsFor(backend, shape.frames, bytes, mostValues(shape));
  const plan = planFilterGradient(backend, { ...shape, frames: shape.frames / parts }, formats);
  const output = backend.createFloat(attributes.shape);
  const stride = plan.rows * shape.outputChannels;
  const partialBytes = parts * plan.pieces * stride * 4;
  backend.withScratch(partialBytes, (partial) => {
    for (let index = 0; index < parts; index++) {
      backend.dispatch({
        label: plan.label,
        key: plan.key,
        shader: plan.shader,
        buffers: plan.buffers(
          partOf(partial, partialBytes, parts, index),
          partOf(input.buffer, bytes[0], parts, index),
          partOf(gradient.buffer, bytes[1], parts, index),
        ),
        groups: plan.groups,
      });
    }
    const items = sizeOf(attributes.shape);
    const pieces = parts * plan.pieces;
    backend.dispatch({
      label: 'sum filter gradient',
      key: `${items},${stride},${pieces}`,
      shader: () => sumPiecesShader(items, stride, pieces),
      buffers: [output.buffer, partial],
      groups: itemGroups(items),
    });
  });
  if (attributes.isLastUse) {
    backend.freeTransient(dy);
  }
  return output.info;
}

export const convolutionKernels = [
  gpuKernel(FUSED_KERNELS.convolution, convolution),
  gpuKernel(FUSED_KERNELS.convolutionInputGradient, inputGradient),
  gpuKernel(FUSED_KERNELS.convolutionFilterGradient, filterGradient),
];
