import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type ConvolutionShape, shapeKey } from '../shaders/convolutionShape';
import { isThin, thinConvolutionShader, thinGroups } from '../shaders/thinConvolution.wgsl';
import { tileConvolutionShader, tileGroups, tileInputGradientShader } from '../shaders/tileProduct.wgsl';
import type { Floats } from '../storage';
import type { SpikeWebGpuBackend } from '../webGpuBackend';
import {
  type ConvolutionOperands,
  inputBytes,
  layerOf,
  mostValues,
  outputBytes,
  outputPixels,
} from './convolutionSizes';
import { partOf, partsFor } from './gpuKernel';

/** A convolution of any sizes and formats, in f32. */
export function convolveInTiles(
  backend: SpikeWebGpuBackend,
  shape: ConvolutionShape,
  { x, filter, y }: ConvolutionOperands,
): void {
  const bytes = [inputBytes(shape, x.format), outputBytes(shape, y.format)] as const;
  const parts = partsFor(backend, shape.frames, bytes, mostValues(shape));
  const part = { ...shape, frames: shape.frames / parts };
  const formats = { x: x.format, y: y.format };
  for (let index = 0; index < parts; index++) {
    backend.dispatch({
      label: `convolution ${layerOf(shape)} (${isThin(part) ? 'thin' : 'f32 tiles'})`,
      key: `${shapeKey(part)},${x.format},${y.format}`,
      shader: () => (isThin(part) ? thinConvolutionShader : tileConvolutionShader)(part, formats),
      buffers: [
        partOf(y.buffer, bytes[1], parts, index),
        partOf(x.buffer, bytes[0], parts, index),
        backend.bufferOf(filter),
      ],
      groups: isThin(part) ? thinGroups(part) : tileGroups(outputPixels(part), shape.outputChannels),
    });
  }
}

/** The input gradient of a convolution of any sizes and formats, in f32. */
export function inputGradientInTiles(
  backend: SpikeWebGpuBackend,
  shape: ConvolutionShape,
  { dy, filter, dx }: { dy: Floats; filter: TensorInfo; dx: Floats },
): void {
  const bytes = [outputBytes(shape, dy.format), inputBytes(shape, dx.format)] as const;
  const parts = partsFor(backend, shape.frames, bytes, mostValues(shape));
  const part = { ...shape, frames: shape.frames / parts };
  for (let index = 0; index < parts; index++) {
    backend.dispatch({
      label: `input gradient ${layerOf(shape)} (f32 tiles)`,
      key: `${shapeKey(part)},${dy.format},${dx.format}`,
      shader: () => tileInputGradientShader(part, { dy: dy.format, dx: dx.format }),
      buffers: [
        partOf(dx.buffer, bytes[1], parts, index),
        partOf(dy.buffer, bytes[0], parts, index),
        backend.bufferOf(filter),
      ],
      groups: tileGroups(part.frames * shape.height * shape.width, shape.inputChannels),
    });
  }
}
