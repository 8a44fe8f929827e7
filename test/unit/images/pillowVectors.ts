import { readFileSync } from 'node:fs';
import { repositoryFile } from '../../tools/repository';

/** A resize to size x size; the source is {@link noise} of the seed. */
interface ResizeVector {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly size: number;
  readonly seed: number;
  readonly fnv: number;
  readonly values?: readonly number[];
}

/** An image file (base64) and the hash of what Pillow decodes. */
interface FileVector {
  readonly name: string;
  readonly bytes: string;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly fnv: number;
}

/** What test/tools/pillowVectors.py writes. */
interface PillowVectors {
  readonly resize: readonly ResizeVector[];
  readonly grey: { readonly seed: number; readonly values: readonly number[] };
  readonly value: { readonly seed: number; readonly values: readonly number[] };
  readonly files: readonly FileVector[];
}

export const PILLOW: PillowVectors = JSON.parse(
  readFileSync(repositoryFile('test/unit/images/pillowVectors.json'), 'utf8'),
);

/** Bytes of the generator that pillowVectors.py uses. */
export function noise(count: number, seed: number): Uint8Array<ArrayBuffer> {
  let state = seed;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

/** FNV-1a, 32 bits. */
export function fnv(values: Uint8Array): number {
  let digest = 0x811c9dc5;
  for (const value of values) {
    digest = Math.imul(digest ^ value, 0x01000193) >>> 0;
  }
  return digest;
}
