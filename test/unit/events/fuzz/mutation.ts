/** A seeded source of numbers: the same seed gives the same mutations everywhere (mulberry32). */
export class Chance {
  constructor(private state: number) {}

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let value = this.state;
    value = Math.imul(value ^ (value >>> 15), value | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return Math.floor((((value ^ (value >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }
}

const HEAD_BYTES = 512;
const MOST_MUTATIONS = 8;
const MOST_INSERTED = 64;
const EDGE_VALUES = [0, 1, 0x7f, 0x80, 0xff];

/** A place in the bytes: half of them in the header, where the damage is worst. */
function placeIn(bytes: Uint8Array, chance: Chance): number {
  return chance.below(chance.below(2) === 0 ? Math.min(bytes.length, HEAD_BYTES) : bytes.length);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function flipBit(bytes: Uint8Array, chance: Chance): Uint8Array {
  const flipped = bytes.slice();
  flipped[placeIn(bytes, chance)]! ^= 1 << chance.below(8);
  return flipped;
}

/** Overwrites 1, 2, 4 or 8 bytes with an edge value: lengths and counts become huge, zero or negative. */
function setEdge(bytes: Uint8Array, chance: Chance): Uint8Array {
  const begin = placeIn(bytes, chance);
  return bytes.slice().fill(chance.pick(EDGE_VALUES), begin, begin + chance.pick([1, 2, 4, 8]));
}

function truncate(bytes: Uint8Array, chance: Chance): Uint8Array {
  return bytes.slice(0, placeIn(bytes, chance));
}

function insert(bytes: Uint8Array, chance: Chance): Uint8Array {
  const place = placeIn(bytes, chance);
  const inserted = Uint8Array.from({ length: 1 + chance.below(MOST_INSERTED) }, () => chance.below(256));
  return joined(bytes.subarray(0, place), inserted, bytes.subarray(place));
}

function remove(bytes: Uint8Array, chance: Chance): Uint8Array {
  const place = placeIn(bytes, chance);
  return joined(bytes.subarray(0, place), bytes.subarray(place + 1 + chance.below(MOST_INSERTED)));
}

/** Puts a stretch of another file, or of this one, into the bytes. */
function splice(bytes: Uint8Array, chance: Chance, others: readonly Uint8Array[]): Uint8Array {
  const other = chance.below(2) === 0 ? bytes : chance.pick(others);
  const from = placeIn(other, chance);
  const stretch = other.subarray(from, from + 1 + chance.below(other.length - from));
  const place = placeIn(bytes, chance);
  const over = chance.below(2) === 0 ? stretch.length : 0;
  return joined(bytes.subarray(0, place), stretch, bytes.subarray(place + over));
}

const MUTATIONS = [flipBit, flipBit, setEdge, setEdge, truncate, insert, remove, splice];

/** Damages bytes in one to eight ways. @param others files that splices may take from. */
export function mutate(bytes: Uint8Array, chance: Chance, others: readonly Uint8Array[]): Uint8Array {
  let mutated = bytes;
  for (let count = 1 + chance.below(MOST_MUTATIONS); count > 0 && mutated.length > 0; count--) {
    mutated = chance.pick(MUTATIONS)(mutated, chance, others);
  }
  return mutated;
}
