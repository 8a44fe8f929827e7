import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ConvolutionGradientAttributes } from '../../fusedKernels';
import type { GpuTensor } from '../dispatch';
import { type ConvolutionShape, type ElementFormat, shapeKey } from '../shaders/convolutionShape';
import { itemGroups, sumPiecesShader } from '../shaders/filters.wgsl';
import { matrixFilterGradientShader, paddedFilterRows } from '../shaders/matrixFilterGradient.wgsl';
import type { MatrixTile } from '../shaders/matrixTile.wgsl';
import { fitsPatches } from '../shaders/patch';
import { fitsStrips, stripFilterGradientShader, stripTiles } from '../shaders/stripFilterGradient.wgsl';
import { isThin, thinFilterGradientShader } from '../shaders/thinConvolution.wgsl';
import { tileFilterGradientShader, tileGroups } from '../shaders/tileProduct.wgsl';
import { type Floats, sizeOf, type Values } from '../storage';
import type { SpikeWebGpuBackend } from '../webGpuBackend';
import { inputBytes, layerOf, mostValues, outputBytes, outputPixels, shapeOf } from './convolutionSizes';
import { type KernelCall, partOf, partsFor } from './gpuKernel';
import { piecesFor } from './pieces';
import { splitFilterGradient, splitsFilterGradient } from './splitProducts';

function filterGradientTile({ outputChannels }: ConvolutionShape): MatrixTile | undefined {
  const common = { inner: 32, subgroupRows: 64, subgroupColumns: 64, buffers: 1, rows: 128 } as const;
  return outputChannels % 128 === 0 ? { ...common, columns: 128 } : undefined;
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
  const { inputChannels, outputChannels } = shape;
  const pixels = outputPixels(shape);
  const tile = filterGradientTile(shape);
  const { x, dy } = formats;
  const onMatrices = backend.matrixPrecision === 'f16' && x !== 'f32' && dy === 'f16';
  if (onMatrices && fitsPatches(shape) && fitsStrips(shape)) {
    const [columns, channels] = stripTiles(shape);
    const pieces = piecesFor(columns * channels, pixels);
    return {
      label: `filter gradient ${layerOf(shape)}`,
      key: `strip,${shapeKey(shape)},${x},${pieces}`,
      rows: shape.kernelHeight * shape.kernelWidth * inputChannels,
      pieces,
      groups: [columns, channels, pieces],
      shader: () => stripFilterGradientShader({ shape, input: x, pieces }),
      buffers: (partial, input, gradient) => [input, gradient, partial],
    };
  }
  if (onMatrices && tile && inputChannels % 32 === 0) {
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
  if (isThin(shape)) {
    const pieces = piecesFor(1, pixels);
    return {
      label: `filter gradient ${layerOf(shape)} (thin)`,
      key: `thin,${shapeKey(shape)},${x},${dy},${pieces}`,
      rows,
      pieces,
      groups: [pieces, 1, 1],
      shader: () => thinFilterGradientShader(shape, formats, pieces),
      buffers: (partial, input, gradient) => [partial, input, gradient],
    };
  }
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

/** A filter gradient as one product, or several where its factors must be cut to be bound. */
function filterGradientOf(
  backend: SpikeWebGpuBackend,
  shape: ConvolutionShape,
  { x, dy, output }: { x: Values; dy: Floats; output: GpuTensor },
): void {
  const bytes = [inputBytes(shape, x.format), outputBytes(shape, dy.format)] as const;
  const parts = partsFor(backend, shape.frames, bytes, mostValues(shape));
  const formats = { x: x.format, dy: dy.format };
  const plan = planFilterGradient(backend, { ...shape, frames: shape.frames / parts }, formats);
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
          partOf(x.buffer, bytes[0], parts, index),
          partOf(dy.buffer, bytes[1], parts, index),
        ),
        groups: plan.groups,
      });
    }
    const items = sizeOf(output.info.shape);
    const pieces = parts * plan.pieces;
    backend.dispatch({
      label: 'sum filter gradient',
      key: `${items},${stride},${pieces}`,
      shader: () => sumPiecesShader(items, stride, pieces),
      buffers: [output.buffer, partial],
      groups: itemGroups(items),
    });
  });
}

/** Kernel FUSED_KERNELS.convolutionFilterGradient. */
export function filterGradient({
  backend,
  inputs,
  attributes,
}: KernelCall<{ dy: TensorInfo; x: TensorInfo }, ConvolutionGradientAttributes>): TensorInfo {
  const shape = shapeOf(inputs.x.shape, attributes.shape, attributes);
  const output = backend.createFloat(attributes.shape);
  const factors = { x: backend.valuesOf(inputs.x), dy: backend.floatsOf(inputs.dy), output };
  (splitsFilterGradient(backend, shape) ? splitFilterGradient : filterGradientOf)(backend, shape, factors);
  if (attributes.isLastUse) {
    backend.freeTransient(inputs.dy);
  }
  return output.info;
}
