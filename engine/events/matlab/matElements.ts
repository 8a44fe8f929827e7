import type { ByteSource } from '../byteSource';
import type { NumericType } from '../columns/numericType';
import { InflatedSource } from '../compression/inflatedSource';

/** Bytes of the text, version and byte order in front of the first element. */
export const HEADER_BYTES = 128;

/** Data types of MAT-file level 5 (MathWorks, "MAT-File Format", table 1-1). */
const NUMBERS: Readonly<Record<number, Pick<NumericType, 'kind' | 'size'>>> = {
  1: { kind: 'signed', size: 1 },
  2: { kind: 'unsigned', size: 1 },
  3: { kind: 'signed', size: 2 },
  4: { kind: 'unsigned', size: 2 },
  5: { kind: 'signed', size: 4 },
  6: { kind: 'unsigned', size: 4 },
  7: { kind: 'float', size: 4 },
  9: { kind: 'float', size: 8 },
  12: { kind: 'signed', size: 8 },
  13: { kind: 'unsigned', size: 8 },
};
export const MATRIX = 14;
const COMPRESSED = 15;

/** One data element: its type and where its content lies in its source. */
export interface MatElement {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  /** Byte behind the element and its padding. */
  readonly next: number;
}

/** A source of elements that can be opened again, so that each column moves through it by itself. */
export interface ElementSource {
  readonly isLittle: boolean;
  readonly isPacked: boolean;
  open(): ByteSource;
}

export function numberType(type: number, isLittle: boolean): NumericType | undefined {
  const number = NUMBERS[type];
  return number && { ...number, littleEndian: isLittle };
}

/** The element at `offset`, or undefined where fewer than eight bytes are left. */
export async function readElement(
  source: ByteSource,
  offset: number,
  isLittle: boolean,
): Promise<MatElement | undefined> {
  const bytes = await source.read(offset, 8);
  if (bytes.length < 8) {
    return undefined;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const head = view.getUint32(0, isLittle);
  if (head > 0xffff) {
    return { type: head & 0xffff, size: head >>> 16, offset: offset + 4, next: offset + 8 };
  }
  const size = view.getUint32(4, isLittle);
  const end = offset + 8 + size;
  return { type: head, size, offset: offset + 8, next: head === COMPRESSED ? end : Math.ceil(end / 8) * 8 };
}

/** A matrix at the top level of a file, unpacked where it is compressed. */
export interface TopElement {
  readonly elements: ElementSource;
  readonly matrix: MatElement;
  readonly offset: number;
}

/** Told of damage and its place in the file. */
export type OnDamage = (message: string, byteOffset: number) => void;

/** The matrices of a file in its order. @param onDamage also told later, while compressed ones are read. */
export async function* topElements(
  source: ByteSource,
  isLittle: boolean,
  onDamage: OnDamage,
): AsyncGenerator<TopElement> {
  let element = await readElement(source, HEADER_BYTES, isLittle);
  let offset = HEADER_BYTES;
  for (; element; element = await readElement(source, offset, isLittle)) {
    if (element.offset + element.size > source.size) {
      onDamage('the file ends inside a variable', offset);
    }
    const top = await matrixIn(source, element, isLittle, onDamage).catch(() => undefined);
    if (top) {
      yield { ...top, offset };
    }
    offset = element.next;
  }
}

async function matrixIn(
  source: ByteSource,
  element: MatElement,
  isLittle: boolean,
  onDamage: OnDamage,
): Promise<Omit<TopElement, 'offset'> | undefined> {
  if (element.type === MATRIX) {
    return { elements: { isLittle, isPacked: false, open: () => source }, matrix: element };
  }
  if (element.type !== COMPRESSED) {
    return undefined;
  }
  const part = {
    source,
    offset: element.offset,
    packedSize: Math.min(element.size, source.size - element.offset),
    // Known only once it is unpacked: the element inside states its own size.
    size: Number.MAX_SAFE_INTEGER,
    kind: 'zlib' as const,
    name: source.name,
    onDamage: (message: string, byteOffset: number) =>
      onDamage(`a compressed variable ends early: ${message}`, byteOffset),
  };
  const open = () => new InflatedSource(part);
  const matrix = await readElement(open(), 0, isLittle);
  return matrix?.type === MATRIX ? { elements: { isLittle, isPacked: true, open }, matrix } : undefined;
}
