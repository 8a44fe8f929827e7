import type { BitStream } from './random';

/**
 * Normal numbers by the ziggurat method (Marsaglia and Tsang 2000) with 256 layers of equal area. Layer and position
 * in it are different bits of one draw (Doornik 2005 on what happens otherwise).
 */

const LAYERS = 256;
/** Begin of the tail, and area of a layer, of 256 layers. */
const TAIL = 3.6541528853610088;
const AREA = 0.00492867323399;
/** Positions in a layer, on each side of 0. */
const STEPS = 2 ** 23;

const density = (x: number) => Math.exp(-0.5 * x * x);

/** Right ends of the layers, from the widest (with the tail) to 0. */
function layerEnds(): Float64Array {
  const ends = new Float64Array(LAYERS + 1);
  ends[0] = AREA / density(TAIL);
  ends[1] = TAIL;
  for (let layer = 2; layer < LAYERS; layer++) {
    const below = ends[layer - 1]!;
    ends[layer] = Math.sqrt(-2 * Math.log(AREA / below + density(below)));
  }
  return ends;
}

const ENDS = layerEnds();
const HEIGHTS = ENDS.map(density);

/** A number beyond the tail's begin (Marsaglia 1964). */
function tailNumber(random: BitStream): number {
  for (;;) {
    const x = -Math.log(1 - random.uniform()) / TAIL;
    const y = -Math.log(1 - random.uniform());
    if (2 * y > x * x) {
      return TAIL + x;
    }
  }
}

/** A normal number with mean 0 and variance 1, in steps below 1e-6. */
export function normalNumber(random: BitStream): number {
  for (;;) {
    const bits = random.bits() | 0;
    const layer = bits & (LAYERS - 1);
    const x = (((bits >> 8) + 0.5) / STEPS) * ENDS[layer]!;
    if (Math.abs(x) < ENDS[layer + 1]!) {
      return x;
    }
    if (layer === 0) {
      const far = tailNumber(random);
      return x < 0 ? -far : far;
    }
    const height = HEIGHTS[layer]! + random.uniform() * (HEIGHTS[layer + 1]! - HEIGHTS[layer]!);
    if (height < density(x)) {
      return x;
    }
  }
}
