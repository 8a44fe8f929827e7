/** Polynomial of the CRC-32 of zip, bits reversed (ZIP application note 6.3, section 4.4.7). */
const POLYNOMIAL = 0xedb88320;
const SLICES = 8;
const ENTRIES = 256;

/** Entry 256 * k + b: what byte b gives with k bytes of zero behind it. */
const TABLE = makeTable();

function makeTable(): Uint32Array {
  const table = new Uint32Array(SLICES * ENTRIES);
  for (let byte = 0; byte < ENTRIES; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) {
      value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
    }
    table[byte] = value;
  }
  for (let index = ENTRIES; index < table.length; index++) {
    const value = table[index - ENTRIES]!;
    table[index] = table[value & 0xff]! ^ (value >>> 8);
  }
  return table;
}

/** CRC-32 of `bytes`, or of what had the CRC-32 `before` with `bytes` behind it. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  let at = 0;
  for (const last = bytes.length - SLICES; at <= last; at += SLICES) {
    crc =
      TABLE[0x700 + ((crc ^ bytes[at]!) & 0xff)]! ^
      TABLE[0x600 + (((crc >>> 8) ^ bytes[at + 1]!) & 0xff)]! ^
      TABLE[0x500 + (((crc >>> 16) ^ bytes[at + 2]!) & 0xff)]! ^
      TABLE[0x400 + ((crc >>> 24) ^ bytes[at + 3]!)]! ^
      TABLE[0x300 + bytes[at + 4]!]! ^
      TABLE[0x200 + bytes[at + 5]!]! ^
      TABLE[0x100 + bytes[at + 6]!]! ^
      TABLE[bytes[at + 7]!]!;
  }
  for (; at < bytes.length; at++) {
    crc = TABLE[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

const X_TO_0 = 0x80000000;
const X_TO_1 = 0x40000000;

/** Product of two polynomials modulo that of the CRC; bits reversed. */
function product(one: number, other: number): number {
  let sum = 0;
  let shifted = other;
  for (let bit = X_TO_0; bit !== 0; bit >>>= 1) {
    sum ^= one & bit ? shifted : 0;
    shifted = shifted & 1 ? (shifted >>> 1) ^ POLYNOMIAL : shifted >>> 1;
  }
  return sum >>> 0;
}

/** CRC-32 of two stretches one behind the other, from those of each: the first is multiplied by x^(8 * length). */
export function joinedCrc32(first: number, second: number, secondLength: number): number {
  let power = X_TO_0;
  let factor = X_TO_1;
  for (let bits = secondLength * 8; bits > 0; bits = Math.floor(bits / 2)) {
    power = bits % 2 === 1 ? product(factor, power) : power;
    factor = product(factor, factor);
  }
  return (product(power, first) ^ second) >>> 0;
}
