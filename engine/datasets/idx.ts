import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { SpikeBridgeError } from '../errors';

const IMAGES_MAGIC = 0x0803;
const LABELS_MAGIC = 0x0801;
const LARGEST_FILE = 2 ** 30;
const REPLACE_FILE = 'Replace the file with a fresh copy of the data set.';

/** Images of an idx3 file. */
export interface IdxImages {
  /** Number of images. */
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** Pixels [count, height, width], 0 to 255. */
  readonly pixels: Uint8Array;
}

function idxError(file: string, message: string, byteOffset?: number, cause?: unknown): SpikeBridgeError {
  return new SpikeBridgeError('data', message, REPLACE_FILE, { file, byteOffset }, { cause });
}

/** Big-endian sizes behind the magic number; checks magic and that the data are there, no more and no less. */
function readSizes(bytes: Buffer, file: string, magic: number, dimensions: number): number[] {
  const header = 4 + 4 * dimensions;
  if (bytes.length < header) {
    throw idxError(file, `the file ends inside its ${header}-byte header`, bytes.length);
  }
  const found = bytes.readUInt32BE(0);
  if (found !== magic) {
    throw idxError(
      file,
      `the first four bytes are 0x${found.toString(16).padStart(8, '0')}, not 0x${magic.toString(16).padStart(8, '0')}: no idx file of this kind`,
      0,
    );
  }
  const sizes = Array.from({ length: dimensions }, (_, index) => bytes.readUInt32BE(4 + 4 * index));
  const expected = header + sizes.reduce((product, size) => product * size, 1);
  if (bytes.length !== expected) {
    const kind = bytes.length < expected ? 'truncated' : 'longer than its header says';
    throw idxError(
      file,
      `the file is ${kind}: ${bytes.length} bytes instead of ${expected} for ${sizes.join(' x ')} bytes of data`,
      Math.min(bytes.length, expected),
    );
  }
  return sizes;
}

/**
 * Reads the bytes of an idx3 image file (magic 0x00000803).
 * @param file named in errors only; byte offsets count in the unpacked file.
 * @throws SpikeBridgeError (data) with the byte offset.
 */
export function decodeIdxImages(bytes: Buffer, file: string): IdxImages {
  const [count, height, width] = readSizes(bytes, file, IMAGES_MAGIC, 3) as [number, number, number];
  if (count > 0 && (height === 0 || width === 0)) {
    throw idxError(file, `the images are ${height} x ${width} pixels`, height === 0 ? 8 : 12);
  }
  return { count, height, width, pixels: bytes.subarray(16) };
}

/**
 * Reads the bytes of an idx1 label file (magic 0x00000801).
 * @returns one label per image, 0 to 255.
 * @throws SpikeBridgeError (data) with the byte offset.
 */
export function decodeIdxLabels(bytes: Buffer, file: string): Uint8Array {
  readSizes(bytes, file, LABELS_MAGIC, 1);
  return bytes.subarray(8);
}

/** Encodes images as idx3; pixels [count, height, width]. */
export function encodeIdxImages({ count, height, width, pixels }: IdxImages): Buffer {
  const header = Buffer.alloc(16);
  [IMAGES_MAGIC, count, height, width].forEach((value, index) => {
    header.writeUInt32BE(value, 4 * index);
  });
  return Buffer.concat([header, pixels]);
}

/** Encodes labels (0 to 255) as idx1. */
export function encodeIdxLabels(labels: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(LABELS_MAGIC, 0);
  header.writeUInt32BE(labels.length, 4);
  return Buffer.concat([header, labels]);
}

/** The bytes unpacked where they are gzip (by their first two bytes), else unchanged. */
export function unpackGzip(bytes: Buffer, file: string): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) {
    return bytes;
  }
  try {
    return gunzipSync(bytes, { maxOutputLength: LARGEST_FILE });
  } catch (cause) {
    throw idxError(file, `the gzip data are damaged (${(cause as Error).message})`, undefined, cause);
  }
}

async function readWhereExists(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return undefined;
    }
    throw idxError(file, `the file cannot be read (${code})`, undefined, cause);
  }
}

/**
 * Reads `file` or, where there is none, `file`.gz.
 * @returns the unpacked bytes and the path they came from.
 * @throws SpikeBridgeError (data) when neither exists or the gzip data are damaged.
 */
export async function readIdxFile(file: string): Promise<{ bytes: Buffer; file: string }> {
  for (const candidate of [file, `${file}.gz`]) {
    const bytes = await readWhereExists(candidate);
    if (bytes) {
      return { bytes: unpackGzip(bytes, candidate), file: candidate };
    }
  }
  throw new SpikeBridgeError(
    'data',
    'neither this file nor its .gz exists',
    'Correct data.images.folder in the run configuration; it must hold <split>-images-idx3-ubyte and <split>-labels-idx1-ubyte, plain or .gz.',
    { file },
  );
}
