/**
 * Workgroups of a filter gradient at most: six rounds of an H200's 264 places. Just below a whole number of rounds the
 * last one is full, and with six of them it matters little on other GPUs.
 */
const MOST_WORKGROUPS = 1584;
/** Fewer pixels per piece would cost more in summing than they gain. */
const FEWEST_PIXELS = 512;

/** Into how many pieces the pixels of a filter gradient of so many tiles are cut; other workgroups sum them. */
export function piecesFor(tiles: number, pixels: number): number {
  const most = Math.min(Math.floor(MOST_WORKGROUPS / tiles), Math.floor(pixels / FEWEST_PIXELS));
  return Math.max(1, most);
}
