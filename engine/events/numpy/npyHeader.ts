import { SpikeBridgeError } from '../../errors';
import type { ByteSource } from '../byteSource';
import { type ArrayType, parseDescription } from './arrayType';
import { type PythonValue, parsePythonLiteral } from './pythonLiteral';

export const NPY_MAGIC = '\x93NUMPY';
const MOST_HEADER_BYTES = 1 << 20;

/** Header of one NumPy array. */
export interface NpyHeader {
  /** "1.0", "2.0", "3.0". */
  readonly version: string;
  readonly type: ArrayType;
  readonly isColumnMajor: boolean;
  readonly shape: readonly number[];
  /** First byte of the values. */
  readonly data: number;
}

function damaged(source: ByteSource, message: string, cause?: unknown): SpikeBridgeError {
  return new SpikeBridgeError(
    'data',
    `NumPy array: ${message}`,
    'Save the array again with numpy.save.',
    { file: source.name, byteOffset: 0 },
    { cause },
  );
}

/** Whether a source begins like a NumPy array. */
export async function isNpy(source: ByteSource): Promise<boolean> {
  const bytes = await source.read(0, NPY_MAGIC.length);
  return String.fromCharCode(...bytes) === NPY_MAGIC;
}

/**
 * Reads the header of versions 1 to 3.
 * @throws SpikeBridgeError (data) where it is damaged or the array holds pickled objects.
 */
export async function readNpyHeader(source: ByteSource): Promise<NpyHeader> {
  const start = (await source.read(0, 12)).slice();
  const major = start[6] ?? 0;
  if (start.length < 12 || major < 1 || major > 3) {
    throw damaged(
      source,
      start.length < 12 ? 'the file ends inside its header' : `version ${major} is not known`,
    );
  }
  const view = new DataView(start.buffer);
  const lengthBytes = major === 1 ? 2 : 4;
  const length = lengthBytes === 2 ? view.getUint16(8, true) : view.getUint32(8, true);
  const data = 8 + lengthBytes + length;
  if (length > MOST_HEADER_BYTES || data > source.size) {
    throw damaged(source, `its header of ${length} bytes does not fit the file`);
  }
  const text = new TextDecoder().decode(await source.read(8 + lengthBytes, length));
  try {
    return { version: `${major}.${start[7]}`, ...parseHeader(parsePythonLiteral(text)), data };
  } catch (error) {
    throw damaged(source, (error as Error).message, error);
  }
}

function parseHeader(value: PythonValue) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SyntaxError('its header is no dictionary');
  }
  const { descr, fortran_order: isColumnMajor, shape } = value as { [key: string]: PythonValue };
  const isShape =
    Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && Number(size) >= 0);
  if (descr === undefined || !isShape) {
    throw new SyntaxError('its header has no shape or type');
  }
  return {
    type: parseDescription(descr),
    isColumnMajor: isColumnMajor === true,
    shape: shape as readonly number[],
  };
}
