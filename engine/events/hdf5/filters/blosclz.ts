const FAR = 8191;
const LITERAL_LIMIT = 32;
const LONG_MATCH = 6;

/**
 * Unpacks blosclz, blosc's own LZ77: a byte below 32 is a run of literals, else the length (3 bits) and distance
 * (13 bits, or 16 more) of a match.
 * @throws RangeError where it points outside.
 */
export function decodeBlosclz(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let at = 0;
  let filled = 0;
  let control = (bytes[at++] ?? 0) & (LITERAL_LIMIT - 1);
  for (;;) {
    if (control < LITERAL_LIMIT) {
      const length = control + 1;
      checkRoom(at + length <= bytes.length && filled + length <= size);
      out.set(bytes.subarray(at, at + length), filled);
      at += length;
      filled += length;
    } else {
      const match = readMatch(bytes, at, control);
      at = match.next;
      checkRoom(match.distance <= filled && filled + match.length <= size);
      // Byte by byte: a match may overlap what it makes.
      for (const end = filled + match.length; filled < end; filled++) {
        out[filled] = out[filled - match.distance]!;
      }
    }
    if (at >= bytes.length) {
      return out;
    }
    control = bytes[at++]!;
  }
}

function readMatch(bytes: Uint8Array, start: number, control: number) {
  let at = start;
  let length = (control >> 5) - 1;
  for (let more = length === LONG_MATCH; more; ) {
    const byte = bytes[at++] ?? 0;
    length += byte;
    more = byte === 255;
  }
  const low = bytes[at++] ?? 0;
  let distance = ((control & 31) << 8) + low + 1;
  if (distance === FAR + 1) {
    distance = (bytes[at]! << 8) + bytes[at + 1]! + FAR + 1;
    at += 2;
  }
  return { length: length + 3, distance, next: at };
}

function checkRoom(isInside: boolean): void {
  if (!isInside) {
    throw new RangeError('a match or run points outside');
  }
}
