/** Number formats of stored tensors, by their safetensors names. */
export const ELEMENT_TYPES = ['F64', 'F32', 'F16', 'BF16', 'I64', 'I32', 'I16', 'I8', 'U8', 'BOOL'] as const;
export type ElementType = (typeof ELEMENT_TYPES)[number];

const WIDTHS: Readonly<Record<ElementType, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/** Bytes per value. */
export function elementWidth(type: ElementType): number {
  return WIDTHS[type];
}

/** IEEE 754 binary16. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) {
    return sign * fraction * 2 ** -24;
  }
  if (exponent === 0x1f) {
    return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  }
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16: the upper half of a float32. */
function brainToNumber(bits: number, scratch: DataView): number {
  scratch.setUint32(0, (bits << 16) >>> 0);
  return scratch.getFloat32(0);
}

function elementReader(type: ElementType, bytes: Buffer): (offset: number) => number {
  const scratch = new DataView(new ArrayBuffer(4));
  switch (type) {
    case 'F64':
      return (offset) => bytes.readDoubleLE(offset);
    case 'F32':
      return (offset) => bytes.readFloatLE(offset);
    case 'F16':
      return (offset) => halfToNumber(bytes.readUInt16LE(offset));
    case 'BF16':
      return (offset) => brainToNumber(bytes.readUInt16LE(offset), scratch);
    case 'I64':
      return (offset) => Number(bytes.readBigInt64LE(offset));
    case 'I32':
      return (offset) => bytes.readInt32LE(offset);
    case 'I16':
      return (offset) => bytes.readInt16LE(offset);
    case 'I8':
      return (offset) => bytes.readInt8(offset);
    case 'U8':
    case 'BOOL':
      return (offset) => bytes.readUInt8(offset);
  }
}

/** Little-endian values as float32; fresh memory. @param bytes a whole number of values. */
export function decodeElements(type: ElementType, bytes: Buffer): Float32Array {
  if (type === 'F32') {
    return new Float32Array(Uint8Array.from(bytes).buffer);
  }
  const width = elementWidth(type);
  const read = elementReader(type, bytes);
  return Float32Array.from({ length: bytes.length / width }, (_, index) => read(index * width));
}
