import type { EventBatch } from '../eventBatch';

/** Narrow arrays of a target as 32-bit words, so that a loop stores four events at once: element `count / 4` or `/ 2`. */
export interface Lanes {
  /** Two columns per element, the first in the lower half. */
  readonly x: Int32Array;
  /** Two rows per element. */
  readonly y: Int32Array;
  /** Four polarities per element, the first in the lowest byte. */
  readonly polarity: Int32Array;
}

/** @param target arrays at the beginning of their buffers, as decoders fill them. */
export function lanesOf({ x, y, polarity }: EventBatch): Lanes {
  return {
    x: new Int32Array(x.buffer, x.byteOffset, x.length >>> 1),
    y: new Int32Array(y.buffer, y.byteOffset, y.length >>> 1),
    polarity: new Int32Array(polarity.buffer, polarity.byteOffset, polarity.length >>> 2),
  };
}
