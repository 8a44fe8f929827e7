import { z } from 'zod';
import { lowerBound } from '../lowerBound';
import { stepsOf } from './countFrames';
import type { EventSlice } from './eventSlices';
import { zeroTensor } from './eventTensor';
import { defineRepresentation } from './representation';

/** The time of each bin; unlike those of ToFrame they are not rounded to whole µs. */
function binSlices(t: Float64Array, bins: number): EventSlice[] {
  const first = t[0] ?? 0;
  const width = ((t.at(-1) ?? 0) - first) / bins;
  return Array.from({ length: bins }, (_, bin) => {
    const start = first + bin * width;
    const stop = first + (bin + 1) * width;
    return { begin: lowerBound(t, start), end: lowerBound(t, stop), start, stop };
  });
}

/**
 * tonic's ToVoxelGrid (Zhu et al. 2019): each event adds its polarity (+1 ON, -1 OFF), shared between the bin it lies
 * in and the next by its place between their starts. Events at the last timestamp are in no bin, as in tonic. Where
 * all events have the same time (tonic divides by zero) they are all in the first bin.
 */
export const TO_VOXEL_GRID = defineRepresentation({
  title: 'Voxel grid (ToVoxelGrid)',
  description: 'Polarities (+1, -1), bilinear in time; one channel.',
  schema: z.strictObject({
    name: z.literal('ToVoxelGrid'),
    n_time_bins: z.int().positive().default(10).describe('Number of bins.'),
  }),
  compute({ t, x, y, polarity }, { width, height }, { n_time_bins: bins }) {
    const tensor = zeroTensor([bins, 1, height, width], () => stepsOf(binSlices(t, bins)));
    const plane = width * height;
    // Events come in time order: exact sums are needed of two bins only, the one they lie in and the next.
    let [current, next] = [new Float64Array(plane), new Float64Array(plane)];
    let reached = 0;
    const first = t[0] ?? 0;
    const duration = (t.at(-1) ?? 0) - first;
    for (let index = 0; index < t.length; index++) {
      const position = duration === 0 ? 0 : (bins * (t[index]! - first)) / duration;
      const bin = Math.floor(position);
      const sign = polarity[index] === 1 ? 1 : -1;
      if (x[index]! >= width || y[index]! >= height || bin >= bins) {
        continue;
      }
      for (; reached < bin; reached++) {
        tensor.data.set(current, reached * plane);
        [current, next] = [next, current.fill(0)];
      }
      const voxel = y[index]! * width + x[index]!;
      current[voxel]! += sign * (1 - (position - bin));
      next[voxel]! += sign * (position - bin);
    }
    tensor.data.set(current, reached * plane);
    if (reached + 1 < bins) {
      tensor.data.set(next, (reached + 1) * plane);
    }
    return tensor;
  },
});
