import type { SensorSize } from '../eventBatch';

/** Blocks of a GIF (CompuServe's GIF89a specification), so that single pictures become a film one by one. */

const SCREEN_END = 13;
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const IMAGE_HEAD_BYTES = 10;
const HAS_COLORS = 0x80;
const KEEP_PICTURE = 0x04;
/** Extension of Netscape's: repeat without end. */
const REPEAT = [EXTENSION, 0xff, 11, ...new TextEncoder().encode('NETSCAPE2.0'), 3, 1, 0, 0, 0];

function word(value: number): [number, number] {
  return [value & 0xff, value >>> 8];
}

/** Bytes of the colour table that a flag byte announces; 0 for none. */
function colorBytes(flags: number): number {
  return flags & HAS_COLORS ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

/** Behind a chain of blocks that each begin with their length and end with one of length 0. */
function afterBlocks(bytes: Uint8Array, start: number): number {
  let at = start;
  while (bytes[at]! > 0) {
    at += bytes[at]! + 1;
  }
  return at + 1;
}

/** Start of a film without common colours. */
export function gifHead({ width, height }: SensorSize): Uint8Array {
  const screen = [...word(width), ...word(height), 0x70, 0, 0];
  return Uint8Array.from([...new TextEncoder().encode('GIF89a'), ...screen, ...REPEAT]);
}

/** End of a film. */
export function gifTrailer(): Uint8Array {
  return Uint8Array.of(0x3b);
}

/**
 * The blocks that show the picture of a GIF within another one.
 * @param still a GIF of one opaque picture of the film's size.
 * @param delay how long it stands, in hundredths of a second, below 65,536.
 */
export function gifPicture(still: Uint8Array, { width, height }: SensorSize, delay: number): Uint8Array {
  let at = SCREEN_END + colorBytes(still[10]!);
  let colors = still.subarray(SCREEN_END, at);
  while (still[at] === EXTENSION) {
    at = afterBlocks(still, at + 2);
  }
  const ownColors = colorBytes(still[at + 9]!);
  at += IMAGE_HEAD_BYTES;
  colors = ownColors > 0 ? still.subarray(at, at + ownColors) : colors;
  at += ownColors;
  const data = still.subarray(at, afterBlocks(still, at + 1));
  const control = [EXTENSION, 0xf9, 4, KEEP_PICTURE, ...word(delay), 0, 0];
  const flags = HAS_COLORS | (Math.log2(colors.length / 3) - 1);
  const head = [...control, IMAGE, ...word(0), ...word(0), ...word(width), ...word(height), flags];
  const picture = new Uint8Array(head.length + colors.length + data.length);
  picture.set(head);
  picture.set(colors, head.length);
  picture.set(data, head.length + colors.length);
  return picture;
}
