/** A copy of values in memory that all threads see. */
function copyOf(values: Uint8Array | Uint32Array | Float32Array): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(values.byteLength);
  new Uint8Array(memory).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return memory;
}

/** Bytes in memory that all threads see: messages to threads carry no copy of it. */
export function sharedBytes(values: Uint8Array): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(copyOf(values));
}

/** As {@link sharedBytes}, of whole numbers. */
export function sharedIntegers(values: Uint32Array): Uint32Array<SharedArrayBuffer> {
  return new Uint32Array(copyOf(values));
}

/** As {@link sharedBytes}, of float32. */
export function sharedFloats(values: Float32Array): Float32Array<SharedArrayBuffer> {
  return new Float32Array(copyOf(values));
}
