import { countBits, GROUP_WORDS, groupsOf, maskWords, type PackedFrames, placesOf } from './packedFrames';

const WORD_BYTES = 4;
/** New memory is a little larger than asked for, so that the next batch fits it too. */
const RESERVE = 1.125;

/** What {@link PackedWriter} is going to hold. */
export type PackedSizes = Omit<PackedFrames, 'words'>;

/** Bits of frames as they lie in a pack (framePack.ts): whole bytes per frame. */
export interface FrameBits {
  readonly bytes: Uint8Array;
  /** Of the first frame. */
  readonly start: number;
  readonly bytesPerFrame: number;
}

/** Writes packed frames one after the other into memory that grows with them. */
export class PackedWriter {
  private words: Uint32Array<ArrayBuffer>;
  private frame = 0;
  private value = 0;
  private readonly places: ReturnType<typeof placesOf>;
  private readonly wordsPerFrame: number;
  private readonly groupsPerFrame: number;
  private readonly length: number;

  /** @param memory of a batch that is not used any more; taken where it is large enough. */
  constructor(
    private readonly sizes: PackedSizes,
    memory?: ArrayBuffer,
  ) {
    this.places = placesOf(sizes);
    this.wordsPerFrame = maskWords(sizes);
    this.groupsPerFrame = groupsOf(sizes);
    this.length = sizes.pixels * sizes.channels;
    const isEnough = memory !== undefined && memory.byteLength >= this.places.values * WORD_BYTES;
    this.words = new Uint32Array(isEnough ? memory : this.room(this.places.values));
  }

  private room(words: number): ArrayBuffer {
    return new ArrayBuffer(Math.ceil(words * RESERVE) * WORD_BYTES);
  }

  /** Makes room for so many more values. */
  private reserve(values: number): void {
    const words =
      this.places.values + Math.ceil(((this.value + values) * this.sizes.valueBytes) / WORD_BYTES);
    if (words > this.words.length) {
      const larger = new Uint32Array(this.room(words));
      larger.set(this.words);
      this.words = larger;
    }
  }

  /** All values of the frames, as many as there is room for. */
  private get values(): Uint8Array | Float32Array {
    const begin = this.places.values * WORD_BYTES;
    const { buffer } = this.words;
    return this.sizes.valueBytes === 1
      ? new Uint8Array(buffer, begin)
      : new Float32Array(buffer, begin, this.words.length - this.places.values);
  }

  /** The plane of a static image, [pixels], to be written. */
  plane(index: number): Float32Array {
    const { pixels } = this.sizes;
    return new Float32Array(this.words.buffer, (this.places.planes + index * pixels) * WORD_BYTES, pixels);
  }

  /** Adds frames with their zeros, one after the other. @param frames [count, pixels * channels]. */
  addDense(frames: Uint8Array | Float32Array): void {
    this.reserve(frames.length);
    const { values, length } = this;
    for (let start = 0; start < frames.length; start += length) {
      this.addFrame(frames.subarray(start, start + length), values);
    }
  }

  private addFrame(frame: Uint8Array | Float32Array, values: Uint8Array | Float32Array): void {
    const { words, wordsPerFrame, length } = this;
    const first = this.frame * wordsPerFrame;
    let group = this.places.starts + this.frame * this.groupsPerFrame;
    let next = this.value;
    for (let word = 0; word < wordsPerFrame; word++) {
      if (word % GROUP_WORDS === 0) {
        words[group++] = next;
      }
      const begin = word * 32;
      const end = Math.min(begin + 32, length);
      let bits = 0;
      for (let position = begin; position < end; position++) {
        const value = frame[position]!;
        if (value !== 0) {
          bits |= 1 << (position - begin);
          values[next++] = value;
        }
      }
      words[first + word] = bits;
    }
    this.value = next;
    this.frame++;
  }

  /** Adds frames that are packed already, all their values in order. */
  addSparse(bits: FrameBits, values: Float32Array, count: number): void {
    this.reserve(values.length);
    this.values.set(values, this.value);
    for (let index = 0; index < count; index++) {
      this.addBits(bits, index);
    }
  }

  private addBits({ bytes, start, bytesPerFrame }: FrameBits, index: number): void {
    const { words, wordsPerFrame } = this;
    const first = this.frame * wordsPerFrame;
    words[first + wordsPerFrame - 1] = 0;
    const begin = start + index * bytesPerFrame;
    new Uint8Array(words.buffer).set(bytes.subarray(begin, begin + bytesPerFrame), first * WORD_BYTES);
    let group = this.places.starts + this.frame * this.groupsPerFrame;
    let next = this.value;
    for (let word = 0; word < wordsPerFrame; word++) {
      if (word % GROUP_WORDS === 0) {
        words[group++] = next;
      }
      next += countBits(words[first + word]!);
    }
    this.value = next;
    this.frame++;
  }

  /** The batch; its words end behind its last value. */
  finish(): PackedFrames {
    const words = this.places.values + Math.ceil((this.value * this.sizes.valueBytes) / WORD_BYTES);
    return { ...this.sizes, words: this.words.subarray(0, words) };
  }
}
