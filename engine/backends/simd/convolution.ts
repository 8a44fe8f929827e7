import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  type ConvolutionAttributes,
  type ConvolutionGradientAttributes,
  FUSED_KERNELS,
} from '../fusedKernels';
import {
  type ConvolutionGeometry,
  convolutionArguments,
  convolutionGeometry,
  roundToVector,
} from './convolutionGeometry';
import { chunksFor } from './jobRunner';
import { type KernelCall, simdKernel } from './kernelConfig';
import { KernelId } from './kernels/kernelIds';
import type { SimdBackend } from './simdBackend';

/** Rows are taken in bands whose scratch memory stays near this size, to remain in the second-level cache. */
const BAND_BYTES = 512 * 1024;
/** The same for one block of the filter gradient's grid, which should stay in the first-level cache. */
const GRID_BYTES = 32 * 1024;
/** Multiplications (of the dense convolution) that are worth a chunk. */
const CHUNK_PRODUCTS = 2 ** 20;
const FILTER_GRADIENT_CHUNKS = 16;
const WINOGRAD_FREQUENCIES = 36;
/** As in kernels/winogradInputGradient.ts. */
const WINOGRAD_TILES = 48;
/** Channels are padded to a multiple of this. As in kernels/product.ts. */
const WINOGRAD_PANEL = 8;

function productsOf(geometry: ConvolutionGeometry): number {
  const { images, outHeight, outWidth, kernelHeight, kernelWidth, channels, outChannels } = geometry;
  return images * outHeight * outWidth * kernelHeight * kernelWidth * channels * outChannels;
}

/**
 * Runs `use` with the filter in both layouts of the forward convolution, with rows of whole vectors: as it is (a
 * padded copy only where needed) and with both kernel axes exchanged.
 */
function withFilters(
  { heap, jobs }: SimdBackend,
  filter: number,
  { kernelHeight, kernelWidth, channels, outChannels }: ConvolutionGeometry,
  use: (filter: number, gatherFilter: number) => void,
): void {
  const row = roundToVector(outChannels);
  const bytes = kernelHeight * kernelWidth * channels * row * 4;
  const shape = [kernelHeight, kernelWidth, channels, outChannels, row, channels];
  heap.withBlock(bytes, (exchanged) => {
    jobs.run(KernelId.ExchangeFilter, [filter, exchanged, ...shape], kernelHeight * kernelWidth);
    if (row === outChannels) {
      use(filter, exchanged);
      return;
    }
    heap.withBlock(bytes, (padded) => {
      jobs.run(KernelId.PadFilter, [filter, padded, ...shape], 1);
      use(padded, exchanged);
    });
  });
}

function convolve({
  backend,
  inputs: { x, filter },
  attributes,
}: KernelCall<{ x: TensorInfo; filter: TensorInfo }, ConvolutionAttributes>): TensorInfo {
  const geometry = convolutionGeometry(x.shape, filter.shape, attributes);
  const { images, width, channels, outHeight, outWidth, outChannels, stride } = geometry;
  const { kernelHeight, kernelWidth } = geometry;
  const y = backend.allocateTensor([images, outHeight, outWidth, outChannels]);
  const rowBytes = (width + kernelWidth) * channels * 8 + width * 4;
  const bandRows = Math.max(kernelHeight, Math.floor(BAND_BYTES / (rowBytes * stride)));
  const scratch = ((bandRows + 1) * stride + 2 * kernelHeight) * rowBytes + 1024;
  const chunks = chunksFor(productsOf(geometry), CHUNK_PRODUCTS);
  withFilters(backend, backend.addressOf(filter), geometry, (padded, gatherFilter) => {
    const job = { x: backend.addressOf(x), filter: padded, gatherFilter, y: y.address, chunks, bandRows };
    backend.jobs.run(KernelId.Convolution, convolutionArguments(geometry, job), chunks, scratch);
  });
  return y.info;
}

type InputGradientCall = KernelCall<{ dy: TensorInfo; filter: TensorInfo }, ConvolutionGradientAttributes>;

function inputGradient({ backend, inputs: { dy, filter }, attributes }: InputGradientCall): TensorInfo {
  const geometry = convolutionGeometry([...attributes.shape], filter.shape, attributes);
  const dx = backend.allocateTensor(attributes.shape);
  const addresses = { x: dx.address, y: backend.addressOf(dy), filter: backend.addressOf(filter) };
  if (suitsWinograd(geometry)) {
    winogradInputGradient(backend, geometry, addresses);
  } else {
    directInputGradient(backend, geometry, addresses);
  }
  return dx.info;
}

interface GradientAddresses {
  readonly x: number;
  readonly y: number;
  readonly filter: number;
}

function directInputGradient(
  backend: SimdBackend,
  geometry: ConvolutionGeometry,
  { x, y, filter }: GradientAddresses,
): void {
  const { kernelHeight, kernelWidth, width, channels, outChannels } = geometry;
  const [rows, row] = [roundToVector(outChannels), roundToVector(channels)];
  const gridRowBytes = (width + kernelWidth - 1) * rows * 4;
  const bandRows = Math.max(kernelHeight, Math.floor(BAND_BYTES / gridRowBytes));
  const scratch = (bandRows + kernelHeight) * gridRowBytes;
  const chunks = chunksFor(productsOf(geometry), CHUNK_PRODUCTS);
  backend.heap.withBlock(kernelHeight * kernelWidth * rows * row * 4, (flipped) => {
    const shape = [kernelHeight, kernelWidth, channels, outChannels, row, rows];
    backend.jobs.run(KernelId.FlipFilter, [filter, flipped, ...shape], 1);
    const args = convolutionArguments(geometry, { x, filter: flipped, y, chunks, bandRows });
    backend.jobs.run(KernelId.ConvolutionInputGradient, args, chunks, scratch);
  });
}

/** Winograd pays where the transforms are cheap beside the products. */
function suitsWinograd({
  kernelHeight,
  kernelWidth,
  stride,
  padding,
  width,
  channels,
  outChannels,
}: ConvolutionGeometry): boolean {
  const plain = kernelHeight === 3 && kernelWidth === 3 && stride === 1 && padding <= 2;
  return plain && channels >= 8 && outChannels >= 8 && width <= 4 * WINOGRAD_TILES;
}

function winogradInputGradient(
  backend: SimdBackend,
  geometry: ConvolutionGeometry,
  { x, y, filter }: GradientAddresses,
): void {
  const { channels, outChannels, width } = geometry;
  const [rows, row] = [roundToVector(outChannels), Math.ceil(channels / WINOGRAD_PANEL) * WINOGRAD_PANEL];
  const gridBytes = 6 * (width + 6) * rows * 4;
  const scratch = 1024 + WINOGRAD_FREQUENCIES * (WINOGRAD_TILES * (rows + row) * 4 + 128) + gridBytes;
  const chunks = chunksFor(productsOf(geometry), CHUNK_PRODUCTS);
  backend.heap.withBlock(WINOGRAD_FREQUENCIES * rows * row * 4, (transformed) => {
    const filterArgs = [filter, transformed, channels, outChannels, row, rows];
    backend.jobs.run(KernelId.WinogradFilter, filterArgs, rows);
    const job = { x, filter: transformed, y, chunks, bandRows: 0, channelStride: row };
    const args = convolutionArguments(geometry, job);
    backend.jobs.run(KernelId.WinogradInputGradient, args, chunks, scratch);
  });
}

/** Output channels that kernels/convolutionFilterGradient.ts accumulates together. */
function blockOf(outChannels: number): number {
  return outChannels > 4 ? 8 : 4;
}

function filterGradient({
  backend,
  inputs: { x, dy },
  attributes,
}: KernelCall<{ x: TensorInfo; dy: TensorInfo }, ConvolutionGradientAttributes>): TensorInfo {
  const geometry = convolutionGeometry(x.shape, [...attributes.shape], attributes);
  const { images, height, width, channels, outChannels, kernelHeight, kernelWidth } = geometry;
  const result = backend.allocateTensor(attributes.shape);
  const block = blockOf(outChannels);
  const outStride = Math.ceil(outChannels / block) * block;
  const filterRows = kernelHeight * kernelWidth * channels;
  const gridRowBytes = (width + kernelWidth - 1) * block * 4;
  const bandRows = Math.max(kernelHeight, Math.floor(GRID_BYTES / gridRowBytes));
  const gridRows = bandRows + (Math.ceil(bandRows / height) + 1) * kernelHeight;
  const gridBytes = gridRows * gridRowBytes * (outStride / block);
  const scratch = gridBytes + (bandRows * width + 4) * channels * 8 + channels * 4 + 1024;
  const chunks = Math.min(chunksFor(productsOf(geometry), CHUNK_PRODUCTS, FILTER_GRADIENT_CHUNKS), images);
  backend.heap.withBlock(chunks * filterRows * outStride * 4, (partials) => {
    const job = { x: backend.addressOf(x), filter: 0, y: backend.addressOf(dy), chunks, bandRows, partials };
    const args = convolutionArguments(geometry, { ...job, outStride });
    backend.jobs.run(KernelId.ConvolutionFilterGradient, args, chunks, scratch);
    const pieces = chunksFor(filterRows * outStride * chunks, 65536);
    const reduceArgs = [partials, result.address, chunks, filterRows, outChannels, outStride, pieces];
    backend.jobs.run(KernelId.ReducePartials, reduceArgs, pieces);
  });
  return result.info;
}

export const convolutionKernels = [
  simdKernel(FUSED_KERNELS.convolution, convolve),
  simdKernel(FUSED_KERNELS.convolutionInputGradient, inputGradient),
  simdKernel(FUSED_KERNELS.convolutionFilterGradient, filterGradient),
];
