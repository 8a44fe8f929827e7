import { createHash } from 'node:crypto';

/** A stream of pseudo-random numbers. */
export interface RandomStream {
  /** Uniform in [0, 1), 53 random bits. */
  uniform(): number;
  /** Uniform integer in [0, limit); `limit` from 1 to 2^32. */
  below(limit: number): number;
  /** Normal with mean 0 and variance 1 (Box-Muller). */
  normal(): number;
}

/** A stream that also gives its bits. */
export interface BitStream extends RandomStream {
  /** 32 random bits, as an integer from 0 to 2^32 - 1. */
  bits(): number;
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** xoshiro128** (Blackman and Vigna 2018) from a 128-bit state; yields unsigned 32-bit integers. */
function xoshiro128(state: Int32Array): () => number {
  // Variables are faster than the array.
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  };
}

/** 128 bits of SHA-256 of the key; equal keys give equal streams on every machine. */
function stateOf(seed: number, key: readonly (string | number)[]): Int32Array {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, ...key]))
    .digest();
  return Int32Array.from({ length: 4 }, (_, word) => digest.readInt32LE(4 * word));
}

/**
 * The random stream of a purpose. Streams are counter-based: everything random is drawn from
 * (seed, purpose, index), so a run resumes at any iteration without stored state.
 * @param key names and numbers that tell the stream from all others, e.g. ('order', epoch).
 */
export function randomStream(seed: number, ...key: (string | number)[]): BitStream {
  const next = xoshiro128(stateOf(seed, key));

  function uniform(): number {
    const high = next() >>> 5;
    const low = next() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  function below(limit: number): number {
    const accepted = 2 ** 32 - (2 ** 32 % limit);
    let draw = next();
    while (draw >= accepted) {
      draw = next();
    }
    return draw % limit;
  }

  function normal(): number {
    return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  }

  return { bits: next, uniform, below, normal };
}

/** A uniform permutation of 0 … length - 1 (Fisher-Yates). */
export function permutation(length: number, random: RandomStream): Uint32Array {
  const order = Uint32Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last--) {
    const chosen = random.below(last + 1);
    const kept = order[last]!;
    order[last] = order[chosen]!;
    order[chosen] = kept;
  }
  return order;
}
