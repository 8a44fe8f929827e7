import type { TensorAnswer } from '../../../engine/protocol/recordingProtocol';
import type { ColorScheme } from '../picture/colorSchemes';
import type { PictureRule } from '../picture/pictureSettings';
import { type Planes, typicalPeak } from '../picture/planes';

/** The step that the playhead is in: the first that ends at or behind it, else the last. */
export function stepAt({ steps }: TensorAnswer, time: number): number {
  const index = steps.findIndex(({ end }) => Math.ceil(end) >= time);
  return index < 0 ? steps.length - 1 : index;
}

/** Values of one step as OFF and ON planes; a signed channel is split by its sign. */
export function stepPlanes({ values, shape }: TensorAnswer, step: number): Planes {
  const [, channels, height, width] = shape;
  const area = height * width;
  const begin = step * channels * area;
  if (channels === 2) {
    return { width, height, values: values.subarray(begin, begin + 2 * area) };
  }
  const planes = new Float32Array(2 * area);
  for (let pixel = 0; pixel < area; pixel++) {
    const value = values[begin + pixel]!;
    planes[value < 0 ? pixel : area + pixel] = Math.abs(value);
  }
  return { width, height, values: planes };
}

const peaks = new WeakMap<TensorAnswer, number>();

/** One strength for all steps, so that they can be compared. */
function peakOf(tensor: TensorAnswer): number {
  const known = peaks.get(tensor);
  if (known !== undefined) {
    return known;
  }
  const largest = tensor.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const [, , height, width] = tensor.shape;
  const typical = typicalPeak({ width, height, values: tensor.values });
  // Fractions (time surfaces, binary frames) have no use for a scale of whole events.
  const peak = largest <= 1 ? Math.max(largest, 1e-6) : Math.min(largest, typical);
  peaks.set(tensor, peak);
  return peak;
}

/** How a step is painted. */
export function stepRule(
  tensor: TensorAnswer,
  step: number,
  scheme: ColorScheme,
  fullScale?: number,
): PictureRule {
  const [, , height, width] = tensor.shape;
  return {
    kind: 'accumulation',
    width,
    height,
    now: tensor.steps[step]?.end ?? 0,
    tau: 1,
    fullScale: fullScale ?? peakOf(tensor),
    coloring: scheme.coloring,
    floor: 0,
  };
}
