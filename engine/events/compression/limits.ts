/** Most bytes that one compressed packet, chunk or block may become: memory stays bounded whatever a file says. */
const MOST_BYTES = 2 ** 28;

/** The failure of a decompressor; its caller knows the file and the place. */
export function decompressionError(message: string): Error {
  return new Error(message);
}

/** @throws Error where `size` bytes are more than one piece of a recording may have. */
export function limited(size: number): number {
  if (size > MOST_BYTES) {
    throw decompressionError(`its content of ${size} bytes exceeds the limit of ${MOST_BYTES}`);
  }
  return size;
}

/** Node's buffers as what they are elsewhere: their `slice` is a view, that of a Uint8Array a copy. */
export function plainBytes(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
