/**
 * Plain data with each typed array in a buffer of its own. What comes from another process shares one with its
 * neighbours, and VS Code sends a webview whole buffers.
 */
export function withOwnBuffers(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) {
    return value.byteLength === value.buffer.byteLength ? value : (value as Uint8Array).slice();
  }
  if (Array.isArray(value)) {
    return value.map(withOwnBuffers);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withOwnBuffers(part)]));
  }
  return value;
}
