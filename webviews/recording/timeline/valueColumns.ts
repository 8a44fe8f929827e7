import type { ImuSample } from '../../../engine/events/tracks';
import type { TimeSpan } from '../pages/eventCache';
import type { Motion } from './lanes';
import { positionOf } from './timeScale';

/** Least and largest value of a lane; they differ. */
export interface ValueRange {
  readonly low: number;
  readonly high: number;
}

/** Values of all axes; a lane of equal values gets them in its middle. */
export function valueRange(samples: readonly ImuSample[], motion: Motion): ValueRange {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const sample of samples) {
    for (const value of sample[motion]) {
      if (Number.isFinite(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
  }
  if (low > high) {
    return { low: -1, high: 1 };
  }
  return low < high ? { low, high } : { low: low - 1, high: high + 1 };
}

/** The values that fall into one column of pixels. */
export interface ValueColumn extends ValueRange {
  readonly column: number;
}

/**
 * Least and largest value of one axis in each of `width` columns that has some, from left to right; the nearest samples
 * outside of the span are columns outside, so that lines lead there.
 */
export function valueColumns(
  samples: readonly ImuSample[],
  motion: Motion,
  axis: 0 | 1 | 2,
  span: TimeSpan,
  width: number,
): ValueColumn[] {
  const columns: { column: number; low: number; high: number }[] = [];
  for (const sample of samples) {
    const column = Math.floor(positionOf(sample.t, span, width));
    const value = sample[motion][axis];
    const last = columns.at(-1);
    if (last && (last.column === column || (last.column < 0 && column < 0))) {
      const isOutside = last.column < 0;
      last.low = isOutside ? value : Math.min(last.low, value);
      last.high = isOutside ? value : Math.max(last.high, value);
      last.column = column;
    } else {
      columns.push({ column, low: value, high: value });
    }
    if (column > width) {
      break;
    }
  }
  return columns;
}
