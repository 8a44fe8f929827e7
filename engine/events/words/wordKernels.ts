import type { EventBatch } from '../eventBatch';
import binary from './kernels.wasm';

/** Formats whose words have a kernel. */
export type KernelName = 'aedat4' | 'atis' | 'dat1' | 'dat2' | 'evt2' | 'evt3';

/**
 * Decodes the words in memory from byte `begin` to `end` into at most `room` events (a vector of pixels may be a few
 * more) and leaves the place where it stopped. @returns the number of events.
 */
type Kernel = (begin: number, end: number, room: number) => number;
type Place = 'WORDS' | 'WORD_BYTES' | 'STATE' | 'POSITION' | 'EVENTS' | 'T' | 'X' | 'Y' | 'POLARITY';
type KernelExports = Readonly<Record<KernelName, Kernel>> &
  Readonly<Record<Place, WebAssembly.Global<'i32'>>> & {
    readonly memory: WebAssembly.Memory;
    largest(count: number): number;
    areSafe(count: number): number;
  };

/** Numbers that are looked at together. */
const LANES = 16;

/** Kernels of WebAssembly with vectors, and the memory in which they find words and leave events. */
export class WordKernels {
  /** Where words go; at most this many bytes at a time. */
  readonly words: Uint8Array;
  /** Most events of one call. */
  readonly capacity: number;
  private readonly numbers: Uint16Array;
  private readonly doubles: Float64Array;
  private readonly state: Float64Array;
  private readonly position: Int32Array;
  private readonly events: EventBatch;

  constructor(private readonly exports: KernelExports) {
    const { memory, WORDS, WORD_BYTES, STATE, POSITION, EVENTS, T, X, Y, POLARITY } = exports;
    const { buffer } = memory;
    this.capacity = EVENTS.value;
    this.words = new Uint8Array(buffer, WORDS.value, WORD_BYTES.value);
    this.numbers = new Uint16Array(buffer, WORDS.value, WORD_BYTES.value / 2);
    this.doubles = new Float64Array(buffer, WORDS.value, WORD_BYTES.value / 8);
    this.state = new Float64Array(buffer, STATE.value, 8);
    this.position = new Int32Array(buffer, POSITION.value, 1);
    this.events = {
      t: new Float64Array(buffer, T.value, this.capacity),
      x: new Uint16Array(buffer, X.value, this.capacity),
      y: new Uint16Array(buffer, Y.value, this.capacity),
      polarity: new Uint8Array(buffer, POLARITY.value, this.capacity),
    };
  }

  /** @param state snapshot of the decoder, at most 8 numbers. */
  setState(state: readonly number[]): void {
    this.state.set(state);
  }

  /** The first `length` numbers of the state. */
  getState(length: number): readonly number[] {
    const numbers: number[] = [];
    for (let index = 0; index < length; index++) {
      numbers.push(this.state[index]!);
    }
    return numbers;
  }

  /**
   * Decodes bytes `begin` to `end` of the words to `target` from event `at` on.
   * @param room most events; less than `capacity` by what the last word may hold beside its first event.
   * @returns the number of events, and the byte behind the last word decoded: before `end` with room left, the kernel
   *   leaves the word there to the decoder.
   */
  decode(name: KernelName, begin: number, end: number, room: number, target: EventBatch, at: number) {
    const count = this.exports[name](begin, end, room);
    target.t.set(this.events.t.subarray(0, count), at);
    target.x.set(this.events.x.subarray(0, count), at);
    target.y.set(this.events.y.subarray(0, count), at);
    target.polarity.set(this.events.polarity.subarray(0, count), at);
    return { count, position: this.position[0]! };
  }

  /** The largest number, 0 of none. */
  largest(values: Uint16Array): number {
    let most = 0;
    for (let begin = 0; begin < values.length; begin += this.numbers.length) {
      const some = values.subarray(begin, begin + this.numbers.length);
      this.numbers.set(some);
      this.numbers.fill(0, some.length, some.length + LANES);
      most = Math.max(most, this.exports.largest(some.length));
    }
    return most;
  }

  /** Whether all are numbers that doubles hold exactly, from -(2^53 - 1) to 2^53 - 1. */
  areSafe(values: Float64Array): boolean {
    for (let begin = 0; begin < values.length; begin += this.doubles.length) {
      const some = values.subarray(begin, begin + this.doubles.length);
      this.doubles.set(some);
      this.doubles.fill(0, some.length, some.length + 1);
      if (!this.exports.areSafe(some.length)) {
        return false;
      }
    }
    return true;
  }
}

/** The kernels of a module. @returns undefined where it does not compile: no WebAssembly, or none with vectors. */
export function compileKernels(module: Uint8Array<ArrayBuffer>): WordKernels | undefined {
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module));
    return new WordKernels(exports as unknown as KernelExports);
  } catch {
    return undefined;
  }
}

let compiled: { readonly kernels: WordKernels | undefined } | undefined;

/**
 * The kernels of this thread, compiled at the first call: the module is a few kilobytes. They hold nothing between two
 * calls, so all decoders share them. @returns undefined where WebAssembly has no vectors.
 */
export function wordKernels(): WordKernels | undefined {
  compiled ??= { kernels: compileKernels(binary) };
  return compiled.kernels;
}
