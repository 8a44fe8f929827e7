/** Unpacks LZF (h5py's filter 32000). @throws RangeError where it points outside. */
export function decodeLzf(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let filled = 0;
  for (let at = 0; at < bytes.length; ) {
    const control = bytes[at++]!;
    if (control < 32) {
      const length = control + 1;
      if (filled + length > size) {
        throw new RangeError('a run points outside');
      }
      out.set(bytes.subarray(at, at + length), filled);
      at += length;
      filled += length;
      continue;
    }
    let length = control >> 5;
    length += length === 7 ? bytes[at++]! : 0;
    const distance = ((control & 31) << 8) + bytes[at++]! + 1;
    if (distance > filled || filled + length + 2 > size) {
      throw new RangeError('a match points outside');
    }
    for (const end = filled + length + 2; filled < end; filled++) {
      out[filled] = out[filled - distance]!;
    }
  }
  return out.subarray(0, filled);
}
