const KINDS = { Uint8Array, Uint32Array, Float32Array, Float64Array } as const;
type Kind = keyof typeof KINDS;

/** Plain data with typed arrays as text: what structured clone does between VS Code and a page. */
export function encodeTransport(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (!ArrayBuffer.isView(part)) {
      return part;
    }
    const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    return {
      $typed: part.constructor.name === 'Buffer' ? 'Uint8Array' : part.constructor.name,
      data: bytes.toString('base64'),
    };
  });
}

/** The inverse of {@link encodeTransport}. */
export function decodeTransport(text: string): unknown {
  return JSON.parse(text, (_, part: { $typed?: Kind; data?: string } | null) => {
    if (!part?.$typed || part.data === undefined) {
      return part;
    }
    const bytes = new Uint8Array(Buffer.from(part.data, 'base64'));
    return new KINDS[part.$typed](bytes.buffer);
  });
}
