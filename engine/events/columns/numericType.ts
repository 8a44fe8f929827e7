/** How numbers are stored, as NumPy, HDF5 and MATLAB know them. */
export interface NumericType {
  readonly kind: 'signed' | 'unsigned' | 'float';
  /** Bytes of one number. */
  readonly size: 1 | 2 | 4 | 8;
  readonly littleEndian: boolean;
}

/** The type of numbers of a kind and size; undefined where there is none such. */
export function numericType(
  kind: NumericType['kind'],
  size: number,
  littleEndian: boolean,
): NumericType | undefined {
  const isKnown = size === 2 || size === 4 || size === 8 || (size === 1 && kind !== 'float');
  return isKnown ? { kind, size, littleEndian } : undefined;
}

/** Numbers of one type at regular distances in memory. */
export interface NumberLayout {
  readonly type: NumericType;
  /** First byte of the first number. */
  readonly offset: number;
  /** Bytes from one number to the next. */
  readonly stride: number;
}

/** Fills `numbers` from `view`, the first number at `at`. One loop per type, so that each stays fast. */
type Fill = (numbers: Float64Array, view: DataView, at: number, stride: number) => void;

const SIGNED_8: Fill = (numbers, view, at, stride) => {
  for (let index = 0; index < numbers.length; index++) {
    numbers[index] = view.getInt8(at + index * stride);
  }
};
const UNSIGNED_8: Fill = (numbers, view, at, stride) => {
  for (let index = 0; index < numbers.length; index++) {
    numbers[index] = view.getUint8(at + index * stride);
  }
};
const SIGNED_16_LITTLE: Fill = (numbers, view, at, stride) => {
  for (let index = 0; index < numbers.length; index++) {
    numbers[index] = view.getInt16(at + index * stride, true);
  }
};
const SIGNED_16_BIG: Fill = (numbers, view, at, stride) => {
  for (let index = 0; index < numbers.length; index++) {
    numbers[index] = view.getInt16(at + index * stride, false);
  }
};
const UNSIGNED_16_LITTLE: Fill = (numbers, view, at, stride) => {
  for (let index = 0; index < numbers.length; index++) {
    numbers[index] = view.getUint16(at + index * stride, true);
  }
};
const UNSIGNED_16_BIG: Fill = (numbers, view, at, stride) => {
  for (let index = 0; index < numbers.length; index++) {
    numbers[index] = view.getUint16(at + index * stride, false);
  }
};
const SIGNED_32_LITTLE: Fill = (numbers, view, at, stride) => {
  for (let index = 0; index < numbers.length; index++) {
    numbers[index] = view.getInt32(at + index * stride, true);
  }
};
const SIGNED_32_BIG: Fill = (numbers, view, at, stride) => {
  for (let index = 0; index < numbers.length; index++) {
    numbers[index] = view.getInt32(at + index * stride, false);
  }
};
const UNSIGNED_32_LITTLE: Fill = (numbers, view, at, stride) => {
  for (let index = 0; index < numbers.length; index++) {
    numbers[index] = view.getUint32(at + index * stride, true);
  }
};
const UNSIGNED_32_BIG: Fill = (numbers, view, at, stride) => {
  for (let index = 0; index < numbers.length; index++) {
    numbers[index] = view.getUint32(at + index * stride, false);
  }
};
const FLOAT_16_LITTLE: Fill = (numbers, view, at, stride) => {
  for (let index = 0; index < numbers.length; index++) {
    numbers[index] = halfToNumber(view.getUint16(at + index * stride, true));
  }
};
const FLOAT_16_BIG: Fill = (numbers, view, at, stride) => {
  for (let index = 0; index < numbers.length; index++) {
    numbers[index] = halfToNumber(view.getUint16(at + index * stride, false));
  }
};
const FLOAT_32_LITTLE: Fill = (numbers, view, at, stride) => {
  for (let index = 0; index < numbers.length; index++) {
    numbers[index] = view.getFloat32(at + index * stride, true);
  }
};
const FLOAT_32_BIG: Fill = (numbers, view, at, stride) => {
  for (let index = 0; index < numbers.length; index++) {
    numbers[index] = view.getFloat32(at + index * stride, false);
  }
};
const FLOAT_64_LITTLE: Fill = (numbers, view, at, stride) => {
  for (let index = 0; index < numbers.length; index++) {
    numbers[index] = view.getFloat64(at + index * stride, true);
  }
};
const FLOAT_64_BIG: Fill = (numbers, view, at, stride) => {
  for (let index = 0; index < numbers.length; index++) {
    numbers[index] = view.getFloat64(at + index * stride, false);
  }
};
/** 64-bit integers as doubles: exact up to 2^53. */
const SIGNED_64_LITTLE: Fill = (numbers, view, at, stride) => {
  for (let index = 0; index < numbers.length; index++) {
    const place = at + index * stride;
    numbers[index] = view.getInt32(place + 4, true) * 4294967296 + view.getUint32(place, true);
  }
};
const SIGNED_64_BIG: Fill = (numbers, view, at, stride) => {
  for (let index = 0; index < numbers.length; index++) {
    const place = at + index * stride;
    numbers[index] = view.getInt32(place, false) * 4294967296 + view.getUint32(place + 4, false);
  }
};
const UNSIGNED_64_LITTLE: Fill = (numbers, view, at, stride) => {
  for (let index = 0; index < numbers.length; index++) {
    const place = at + index * stride;
    numbers[index] = view.getUint32(place + 4, true) * 4294967296 + view.getUint32(place, true);
  }
};
const UNSIGNED_64_BIG: Fill = (numbers, view, at, stride) => {
  for (let index = 0; index < numbers.length; index++) {
    const place = at + index * stride;
    numbers[index] = view.getUint32(place, false) * 4294967296 + view.getUint32(place + 4, false);
  }
};

type BothOrders = readonly [little: Fill, big: Fill];

const FILLS: Readonly<
  Record<NumericType['kind'], Readonly<Partial<Record<NumericType['size'], BothOrders>>>>
> = {
  signed: {
    1: [SIGNED_8, SIGNED_8],
    2: [SIGNED_16_LITTLE, SIGNED_16_BIG],
    4: [SIGNED_32_LITTLE, SIGNED_32_BIG],
    8: [SIGNED_64_LITTLE, SIGNED_64_BIG],
  },
  unsigned: {
    1: [UNSIGNED_8, UNSIGNED_8],
    2: [UNSIGNED_16_LITTLE, UNSIGNED_16_BIG],
    4: [UNSIGNED_32_LITTLE, UNSIGNED_32_BIG],
    8: [UNSIGNED_64_LITTLE, UNSIGNED_64_BIG],
  },
  float: {
    2: [FLOAT_16_LITTLE, FLOAT_16_BIG],
    4: [FLOAT_32_LITTLE, FLOAT_32_BIG],
    8: [FLOAT_64_LITTLE, FLOAT_64_BIG],
  },
};

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

/** `count` numbers of `bytes` as doubles (64-bit integers exact up to 2^53). @throws RangeError beyond the bytes. */
export function decodeNumbers(bytes: Uint8Array, layout: NumberLayout, count: number): Float64Array {
  const { kind, size, littleEndian } = layout.type;
  const fill = FILLS[kind][size]?.[littleEndian ? 0 : 1];
  if (!fill) {
    throw new RangeError(`no numbers are ${kind} of ${size} bytes`);
  }
  const numbers = new Float64Array(count);
  fill(numbers, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), layout.offset, layout.stride);
  return numbers;
}

/** `count` 64-bit integers divided by `divisor` and rounded down, exact over their whole range. */
export function decodeQuotients(
  bytes: Uint8Array,
  { type, offset, stride }: NumberLayout,
  count: number,
  divisor: bigint,
): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: count }, (_, index) => {
    const at = offset + index * stride;
    const value =
      type.kind === 'signed'
        ? view.getBigInt64(at, type.littleEndian)
        : view.getBigUint64(at, type.littleEndian);
    const rest = value % divisor;
    return Number((value - (rest < 0n ? rest + divisor : rest)) / divisor);
  });
}
