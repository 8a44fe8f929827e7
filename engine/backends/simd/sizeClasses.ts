/** All blocks start on a cache line. */
export const ALIGNMENT = 64;

/**
 * The size that is really taken for a request of `bytes` (> 0): a multiple of 64 with at most four significant
 * bits, so that blocks of nearly the same size can replace each other at a loss of at most an eighth.
 */
export function sizeClassOf(bytes: number): number {
  const aligned = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
  const step = Math.max(ALIGNMENT, 2 ** (Math.floor(Math.log2(aligned)) - 3));
  return Math.ceil(aligned / step) * step;
}
