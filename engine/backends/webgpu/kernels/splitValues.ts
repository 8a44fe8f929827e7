import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ConvolutionShape, ElementFormat } from '../shaders/convolutionShape';
import { itemGroups } from '../shaders/filters.wgsl';
import {
  largestMagnitudesShader,
  MAGNITUDE_GROUPS,
  splitFilterShader,
  splitScaleShader,
  splitShader,
} from '../shaders/splitHalves.wgsl';
import { sizeOf } from '../storage';
import type { SpikeWebGpuBackend } from '../webGpuBackend';
import { type Part, partOf, partsFor } from './gpuKernel';

const SCALE_BYTES = 8;
const MAGNITUDE_BYTES = MAGNITUDE_GROUPS * 4;

/** Values of an activation or gradient, [pixels, channels]. */
export interface ChannelValues {
  readonly buffer: GPUBuffer;
  readonly format: ElementFormat;
  readonly values: number;
  readonly channels: number;
}

/** What multiplies, cut into parts: spikes and halves as they are, f32 as planes of halves. */
export interface Factor {
  /** Of the planes; none where there are none. */
  readonly scales: readonly GPUBuffer[];
  /** Makes a part ready, valid until `use` returns. */
  usePart(index: number, use: (part: Part) => void): void;
}

/** Runs `use` with the scale of f32 values. */
function withScale(
  backend: SpikeWebGpuBackend,
  buffer: GPUBuffer,
  values: number,
  use: (scale: GPUBuffer) => void,
): void {
  const bytes = values * 4;
  const parts = partsFor(backend, values / 32, [bytes], values);
  backend.withScratch(SCALE_BYTES, (scale) => {
    backend.withScratch(parts * MAGNITUDE_BYTES, (magnitudes) => {
      for (let index = 0; index < parts; index++) {
        backend.dispatch({
          label: 'largest magnitude',
          key: String(values / parts),
          shader: () => largestMagnitudesShader(values / parts),
          buffers: [
            partOf(magnitudes, parts * MAGNITUDE_BYTES, parts, index),
            partOf(buffer, bytes, parts, index),
          ],
          groups: [MAGNITUDE_GROUPS, 1, 1],
        });
      }
      backend.dispatch({
        label: 'scale of halves',
        key: String(parts),
        shader: () => splitScaleShader(parts * MAGNITUDE_GROUPS),
        buffers: [scale, magnitudes],
        groups: [1, 1, 1],
      });
    });
    use(scale);
  });
}

/** Runs `use` with a filter for a product of `terms` terms (splitFilterShader), and its scale. */
export function withSplitFilter(
  backend: SpikeWebGpuBackend,
  filter: TensorInfo,
  { shape, reversed, terms }: { shape: ConvolutionShape; reversed: boolean; terms: number },
  use: (halves: GPUBuffer, scale: GPUBuffer) => void,
): void {
  const values = sizeOf(filter.shape);
  const weights = backend.bufferOf(filter);
  withScale(backend, weights, values, (scale) =>
    backend.withScratch(values * terms * 2, (halves) => {
      backend.dispatch({
        label: 'split filter',
        key: `${filter.shape.join()},${reversed},${terms}`,
        shader: () => splitFilterShader(shape, reversed, terms),
        buffers: [halves, weights, scale],
        groups: itemGroups((values * terms) / 2),
      });
      use(halves, scale);
    }),
  );
}

/** Runs `use` with values as a factor; f32 are split one part at a time. */
export function withFactor(
  backend: SpikeWebGpuBackend,
  { buffer, format, values, channels }: ChannelValues,
  parts: number,
  use: (factor: Factor) => void,
): void {
  if (format !== 'f32') {
    const bytes = format === 'bits' ? values / 8 : values * 2;
    use({ scales: [], usePart: (index, usePart) => usePart(partOf(buffer, bytes, parts, index)) });
    return;
  }
  const perPart = values / parts;
  withScale(backend, buffer, values, (scale) =>
    use({
      scales: [scale],
      usePart: (index, usePart) =>
        backend.withScratch(perPart * 4, (planes) => {
          backend.dispatch({
            label: 'split values',
            key: `${perPart},${channels}`,
            shader: () => splitShader(perPart, channels),
            buffers: [planes, partOf(buffer, values * 4, parts, index), scale],
            groups: itemGroups(perPart / 8),
          });
          usePart({ buffer: planes, offset: 0, size: perPart * 4 });
        }),
    }),
  );
}
