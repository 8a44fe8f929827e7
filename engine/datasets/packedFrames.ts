import { BatchMemory } from './batchMemory';

/**
 * Frames of a batch without their zeros, and static planes, in one piece of memory that is moved between threads and
 * to a GPU as it is. Exact: whole numbers up to 255 are kept as bytes, everything else as float32.
 */
export interface PackedFrames {
  /** F frames of events. */
  readonly frames: number;
  /** P static images. */
  readonly planes: number;
  /** Pixels of a frame: H * W. */
  readonly pixels: number;
  /** Values of a pixel. */
  readonly channels: number;
  readonly valueBytes: 1 | 4;
  /**
   * One after the other: one bit per value of a frame, lowest first, whether it is not zero, [F, {@link maskWords}];
   * u32 [F, {@link groupsOf}], where the values of every {@link GROUP_WORDS} of those words begin; f32 [P, pixels],
   * planes whose pixels have one value for all channels; all values of frames that are not zero, in order.
   */
  readonly words: Uint32Array<ArrayBuffer>;
}

/**
 * The input of a network, row by row: row i is frame `rows[i]`, or from F on plane `rows[i]` - F. Rows may share a
 * frame or a plane.
 */
export interface PackedInput {
  readonly packed: PackedFrames;
  readonly rows: Int32Array<ArrayBuffer>;
}

type Sizes = Pick<PackedFrames, 'frames' | 'planes' | 'pixels' | 'channels'>;

const WORD_BYTES = 4;

/** Words that the bits of a frame take. */
export function maskWords({ pixels, channels }: Pick<Sizes, 'pixels' | 'channels'>): number {
  return Math.ceil((pixels * channels) / 32);
}

/** Words of bits whose values have one begin, so that any value is found by counting few bits. */
export const GROUP_WORDS = 8;

/** Groups of words that a frame has. */
export function groupsOf(sizes: Pick<Sizes, 'pixels' | 'channels'>): number {
  return Math.ceil(maskWords(sizes) / GROUP_WORDS);
}

/** Where the parts of {@link PackedFrames.words} begin, in words; the bits do at 0. */
export function placesOf(sizes: Sizes): { starts: number; planes: number; values: number } {
  const starts = sizes.frames * maskWords(sizes);
  const planes = starts + sizes.frames * groupsOf(sizes);
  return { starts, planes, values: planes + sizes.planes * sizes.pixels };
}

/** Values of all rows of an input. */
export function inputLength({ packed: { pixels, channels }, rows }: PackedInput): number {
  return rows.length * pixels * channels;
}

/** How many of a word's bits are set. */
export function countBits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Writes the values of a frame into zeros. */
function writeFrame(packed: PackedFrames, frame: number, target: Float32Array, offset: number): void {
  const { words, valueBytes } = packed;
  const places = placesOf(packed);
  const begin = words.byteOffset + places.values * WORD_BYTES;
  const values =
    valueBytes === 1 ? new Uint8Array(words.buffer, begin) : new Float32Array(words.buffer, begin);
  let next = words[places.starts + frame * groupsOf(packed)]!;
  const length = maskWords(packed);
  const first = frame * length;
  for (let word = 0; word < length; word++) {
    // Place of the value that bit 0 stands for, plus 31.
    const place = offset + word * 32 + 31;
    for (let bits = words[first + word]!; bits !== 0; bits &= bits - 1) {
      target[place - Math.clz32(bits & -bits)] = values[next++]!;
    }
  }
}

function writePlane(packed: PackedFrames, plane: number, target: Float32Array, offset: number): void {
  const { words, pixels, channels } = packed;
  const begin = words.byteOffset + (placesOf(packed).planes + plane * pixels) * WORD_BYTES;
  const values = new Float32Array(words.buffer, begin, pixels);
  let position = offset;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const value = values[pixel]!;
    for (let channel = 0; channel < channels; channel++) {
      target[position++] = value;
    }
  }
}

/** The values of an input: [rows, H, W, channels]. @param memory that takes them; default: fresh one. */
export function expandInput(input: PackedInput, memory = new BatchMemory()): Float32Array<ArrayBuffer> {
  const { packed, rows } = input;
  const length = packed.pixels * packed.channels;
  const values = memory.take(inputLength(input));
  const rowOf = new Int32Array(packed.frames + packed.planes).fill(-1);
  for (const [row, source] of rows.entries()) {
    const written = rowOf[source]!;
    if (written >= 0) {
      values.copyWithin(row * length, written * length, (written + 1) * length);
    } else if (source < packed.frames) {
      writeFrame(packed, source, values, row * length);
    } else {
      writePlane(packed, source - packed.frames, values, row * length);
    }
    rowOf[source] = row;
  }
  return values;
}
