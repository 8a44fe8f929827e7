import type { RateCurve } from '../../../engine/protocol/recordingProtocol';
import type { TimeSpan } from '../pages/eventCache';

/** Mean events per bin of each pixel column. */
export interface RateColumns {
  readonly on: Float32Array;
  readonly off: Float32Array;
  /** The largest of both. */
  readonly most: number;
}

/** Means over the bins that each of `width` columns covers. */
export function rateColumns(rate: RateCurve, span: TimeSpan, width: number): RateColumns {
  const on = new Float32Array(width);
  const off = new Float32Array(width);
  const { first, binMicroseconds, on: onBins, off: offBins } = rate;
  const perColumn = (span.to - span.from) / width;
  let most = 0;
  for (let column = 0; column < width; column++) {
    const begin = Math.floor((span.from + column * perColumn - first) / binMicroseconds);
    const end = Math.max(
      begin + 1,
      Math.ceil((span.from + (column + 1) * perColumn - first) / binMicroseconds),
    );
    for (let bin = Math.max(0, begin); bin < Math.min(end, onBins.length); bin++) {
      on[column]! += onBins[bin]! / (end - begin);
      off[column]! += offBins[bin]! / (end - begin);
    }
    most = Math.max(most, on[column]!, off[column]!);
  }
  return { on, off, most };
}
