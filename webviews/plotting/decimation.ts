/** Points of a curve; `x` never falls. */
export interface Points {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** First index whose x is at least `bound`; `x.length` when none is. `x` never falls. */
export function lowerBound(x: readonly number[], bound: number): number {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle]! < bound) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** The points within [from, to], and one neighbour on each side so that lines reach the border. */
export function within({ x, y }: Points, [from, to]: readonly [number, number]): Points {
  const start = Math.max(0, lowerBound(x, from) - 1);
  const end = Math.min(x.length, lowerBound(x, to) + 2);
  return { x: x.slice(start, end), y: y.slice(start, end) };
}

/** Indices of the smallest and largest value in [start, end), in order; NaN counts as neither. */
function extremes(y: readonly number[], start: number, end: number): number[] {
  let least = start;
  let most = start;
  for (let index = start + 1; index < end; index++) {
    if (!(y[index]! >= y[least]!)) {
      least = index;
    }
    if (!(y[index]! <= y[most]!)) {
      most = index;
    }
  }
  return least === most ? [least] : [Math.min(least, most), Math.max(least, most)];
}

/**
 * At most `limit` points that keep every peak: the smallest and the largest of each bucket, and both ends.
 * @param limit at least 4.
 */
export function decimate(points: Points, limit: number): Points {
  const { x, y } = points;
  if (x.length <= limit) {
    return points;
  }
  const buckets = Math.floor((limit - 2) / 2);
  const inner = x.length - 2;
  const indices = [0];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const start = 1 + Math.floor((bucket * inner) / buckets);
    const end = 1 + Math.floor(((bucket + 1) * inner) / buckets);
    indices.push(...extremes(y, start, end));
  }
  indices.push(x.length - 1);
  return { x: indices.map((index) => x[index]!), y: indices.map((index) => y[index]!) };
}
