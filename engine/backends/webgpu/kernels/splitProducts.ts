import type { GpuTensor } from '../dispatch';
import { type ConvolutionShape, shapeKey } from '../shaders/convolutionShape';
import { itemGroups } from '../shaders/filters.wgsl';
import { fitsPatches, patchFor, patchGroups } from '../shaders/patch';
import { patchConvolutionShader, splitTerms } from '../shaders/patchConvolution.wgsl';
import { sumSplitPiecesShader } from '../shaders/splitHalves.wgsl';
import { fitsStrips, stripFilterGradientShader, stripTiles } from '../shaders/stripFilterGradient.wgsl';
import { type Floats, sizeOf, type Values } from '../storage';
import type { SpikeWebGpuBackend } from '../webGpuBackend';
import {
  type ConvolutionOperands,
  type ConvolutionWork,
  inputBytes,
  layerOf,
  mostValues,
  outputBytes,
  outputPixels,
} from './convolutionSizes';
import { partOf, partsFor } from './gpuKernel';
import { piecesFor } from './pieces';
import { type ChannelValues, withFactor, withSplitFilter } from './splitValues';

/**
 * Products of f32 on f16 matrices (splitHalves.wgsl.ts): high low, low high and high high of two split factors; of
 * spikes and halves, which are exact, with the other factor's two planes.
 */

/** Planes of one part of a tensor take this many bytes at most: more gains nothing. */
const MOST_PLANES = 2 ** 29;

/** Into how many parts the frames of a convolution are cut. */
function partsOf(backend: SpikeWebGpuBackend, shape: ConvolutionShape, x: Values): number {
  const bytes = [inputBytes(shape, x.format), outputBytes(shape, 'f32')];
  return partsFor(backend, shape.frames, bytes, mostValues(shape), MOST_PLANES);
}

const inputValues = (shape: ConvolutionShape, x: Values): ChannelValues => ({
  ...x,
  values: shape.frames * shape.height * shape.width * shape.inputChannels,
  channels: shape.inputChannels,
});

/**
 * A convolution of spikes, halves or f32 to f32, where the backend multiplies f32 on matrices and the sizes fit them.
 * @returns whether it was.
 */
export function convolveSplit(
  backend: SpikeWebGpuBackend,
  { label, shape, gradientOf }: ConvolutionWork,
  { x, filter, y }: ConvolutionOperands,
): boolean {
  const patch = backend.matrixPrecision === 'f32' && fitsPatches(shape) ? patchFor(shape) : undefined;
  if (!patch) {
    return false;
  }
  const parts = partsOf(backend, shape, x);
  const part = { ...shape, frames: shape.frames / parts };
  const isSplitInput = x.format === 'f32';
  const input = x.format === 'bits' ? 'bits' : 'f16';
  const split = {
    shape: gradientOf ?? shape,
    reversed: gradientOf !== undefined,
    terms: splitTerms(isSplitInput),
  };
  withSplitFilter(backend, filter, split, (halves, filterScale) =>
    withFactor(backend, inputValues(shape, x), parts, (factor) => {
      for (let index = 0; index < parts; index++) {
        const output = partOf(y.buffer, outputBytes(shape, 'f32'), parts, index);
        factor.usePart(index, (values) =>
          backend.dispatch({
            label,
            key: `split,${shapeKey(part)},${x.format}`,
            shader: () =>
              patchConvolutionShader({ shape: part, input, patch, output: 'split', isSplitInput }),
            buffers: [values, halves, output, filterScale, ...factor.scales],
            groups: patchGroups(part, patch),
          }),
        );
      }
    }),
  );
  return true;
}

/** Whether a filter gradient is computed in full precision on matrices. */
export function splitsFilterGradient(backend: SpikeWebGpuBackend, shape: ConvolutionShape): boolean {
  return backend.matrixPrecision === 'f32' && fitsPatches(shape) && fitsStrips(shape);
}

/** The shape of a filter gradient whose factors' planes are channels to the kernel: products of all planes with all. */
function shapeOfPlanes(shape: ConvolutionShape, inputPlanes: number): ConvolutionShape {
  return {
    ...shape,
    inputChannels: inputPlanes * shape.inputChannels,
    outputChannels: 2 * shape.outputChannels,
  };
}

/** A filter gradient from spikes or f32 and f32 gradients. */
export function splitFilterGradient(
  backend: SpikeWebGpuBackend,
  shape: ConvolutionShape,
  { x, dy, output }: { x: Values; dy: Floats; output: GpuTensor },
): void {
  const parts = partsOf(backend, shape, x);
  const isSplitInput = x.format === 'f32';
  const input = x.format === 'bits' ? 'bits' : 'f16';
  const inputPlanes = isSplitInput ? 2 : 1;
  const part = shapeOfPlanes({ ...shape, frames: shape.frames / parts }, inputPlanes);
  const [columns, channels] = stripTiles(part);
  const pieces = piecesFor(columns * channels, outputPixels(part));
  const items = sizeOf(output.info.shape);
  const partialBytes = parts * pieces * items * inputPlanes * 2 * 4;
  const gradients = {
    ...dy,
    values: outputPixels(shape) * shape.outputChannels,
    channels: shape.outputChannels,
  };
  backend.withScratch(partialBytes, (partial) =>
    withFactor(backend, inputValues(shape, x), parts, (left) =>
      withFactor(backend, gradients, parts, (right) => {
        for (let index = 0; index < parts; index++) {
          left.usePart(index, (inputs) =>
            right.usePart(index, (gradient) =>
              backend.dispatch({
                label: `filter gradient ${layerOf(shape)}`,
                key: `strip,${shapeKey(part)},${input},${pieces}`,
                shader: () => stripFilterGradientShader({ shape: part, input, pieces }),
                buffers: [inputs, gradient, partOf(partial, partialBytes, parts, index)],
                groups: [columns, channels, pieces],
              }),
            ),
          );
        }
        backend.dispatch({
          label: 'sum filter gradient',
          key: `split,${shapeKey(shape)},${inputPlanes},${parts * pieces}`,
          shader: () => sumSplitPiecesShader(shape, inputPlanes, parts * pieces),
          buffers: [output.buffer, partial, ...right.scales, ...left.scales],
          groups: itemGroups(items),
        });
      }),
    ),
  );
}
