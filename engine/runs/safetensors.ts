import { decodeElements, ELEMENT_TYPES, type ElementType, elementWidth } from '../checkpoints/elementTypes';
import { SpikeBridgeError } from '../errors';

/** safetensors: a u64 header length, a JSON header, then little-endian values (huggingface/safetensors). */

/** A tensor of a file; every number format is read as float32. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The contents of a file. */
export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const LENGTH_BYTES = 8;
const HEADER_ALIGNMENT = 8;

/**
 * The bytes of a file with the given tensors, all float32.
 * @param metadata strings only, as the format demands.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { shape, values }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Math.ceil(json.length / HEADER_ALIGNMENT) * HEADER_ALIGNMENT;
  const bytes = Buffer.alloc(LENGTH_BYTES + padded + offset, ' ');
  bytes.writeBigUInt64LE(BigInt(padded), 0);
  json.copy(bytes, LENGTH_BYTES);
  let position = LENGTH_BYTES + padded;
  for (const { values } of tensors.values()) {
    Buffer.from(values.buffer, values.byteOffset, values.byteLength).copy(bytes, position);
    position += values.byteLength;
  }
  return bytes;
}

function damaged(file: string, what: string, byteOffset: number): SpikeBridgeError {
  return new SpikeBridgeError(
    'checkpoint',
    `not a readable safetensors file: ${what}`,
    'The file is damaged or of another format: use another checkpoint of the run folder.',
    { file, byteOffset },
  );
}

function readHeader(bytes: Buffer, file: string): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < LENGTH_BYTES) {
    throw damaged(file, 'it has no header', bytes.length);
  }
  const headerLength = Number(bytes.readBigUInt64LE(0));
  const dataStart = LENGTH_BYTES + headerLength;
  if (dataStart > bytes.length) {
    throw damaged(file, `the header says ${headerLength} bytes, the file has ${bytes.length}`, 0);
  }
  try {
    return {
      header: JSON.parse(bytes.toString('utf8', LENGTH_BYTES, dataStart)) as Record<string, unknown>,
      dataStart,
    };
  } catch {
    throw damaged(file, 'the header is not JSON', LENGTH_BYTES);
  }
}

function isHeaderEntry(entry: unknown): entry is HeaderEntry {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Partial<HeaderEntry>;
  const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  return (
    typeof dtype === 'string' &&
    Array.isArray(shape) &&
    shape.every(isCount) &&
    Array.isArray(offsets) &&
    offsets.length === 2 &&
    offsets.every(isCount)
  );
}

const isElementType = (type: string): type is ElementType =>
  (ELEMENT_TYPES as readonly string[]).includes(type);

function readTensor(
  bytes: Buffer,
  file: string,
  name: string,
  entry: unknown,
  dataStart: number,
): StoredTensor {
  if (!isHeaderEntry(entry)) {
    throw damaged(file, `the header entry of ${name} is not understood`, LENGTH_BYTES);
  }
  const [from, to] = entry.data_offsets.map((offset) => dataStart + offset) as [number, number];
  const { dtype, shape } = entry;
  if (!isElementType(dtype)) {
    throw damaged(file, `${name} has the type ${dtype}; supported are ${ELEMENT_TYPES.join(', ')}`, from);
  }
  const size = shape.reduce((product, length) => product * length, 1);
  if (from > to || to > bytes.length || to - from !== size * elementWidth(dtype)) {
    throw damaged(file, `${name} lies outside the file or has another size than its shape`, from);
  }
  return { shape, values: decodeElements(dtype, bytes.subarray(from, to)) };
}

/**
 * Reads the bytes of a safetensors file.
 * @param file its name, for error messages.
 * @throws SpikeBridgeError (checkpoint) with the byte offset where the file is damaged.
 */
export function decodeSafetensors(bytes: Buffer, file: string): SafetensorsFile {
  const { header, dataStart } = readHeader(bytes, file);
  const { __metadata__: metadata = {}, ...entries } = header;
  const tensors = new Map(
    Object.entries(entries).map(([name, entry]) => [name, readTensor(bytes, file, name, entry, dataStart)]),
  );
  return { tensors, metadata: metadata as Record<string, string> };
}
