/** Undoes HDF5's and blosc's byte shuffle: all first bytes, then all second bytes; what is left over stays. */
export function unshuffle(bytes: Uint8Array, size: number): Uint8Array {
  const elements = Math.floor(bytes.length / size);
  const out = bytes.slice();
  for (let byte = 0; byte < size; byte++) {
    const from = byte * elements;
    for (let index = 0; index < elements; index++) {
      out[index * size + byte] = bytes[from + index]!;
    }
  }
  return out;
}

/**
 * Undoes the bit shuffle: bit planes of all elements, lowest bit of the first byte first. Works on multiples of eight
 * elements; what is left over stays.
 */
export function bitUnshuffle(bytes: Uint8Array, size: number): Uint8Array {
  const elements = Math.floor(bytes.length / size / 8) * 8;
  const rowBytes = elements / 8;
  const out = bytes.slice();
  out.fill(0, 0, elements * size);
  for (let plane = 0; plane < size * 8; plane++) {
    const byte = plane >> 3;
    const bit = plane & 7;
    for (let group = 0; group < rowBytes; group++) {
      const bits = bytes[plane * rowBytes + group]!;
      for (let index = 0; bits >> index > 0; index++) {
        const at = (group * 8 + index) * size + byte;
        out[at] = out[at]! | (((bits >> index) & 1) << bit);
      }
    }
  }
  return out;
}
