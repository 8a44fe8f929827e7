import { type DecodeCursor, type EventDecoder, FULL_AT, WORD_EVENTS } from './eventDecoder';
import { type KernelName, type WordKernels, wordKernels } from './wordKernels';

/**
 * Decodes by a kernel what is frequent and by a decoder of the same words what the kernel leaves: triggers, times that
 * step back. Both count on one state, the decoder's snapshot.
 */
class KernelDecoder implements EventDecoder {
  constructor(
    private readonly kernels: WordKernels,
    private readonly kernel: KernelName,
    private readonly wordBytes: number,
    private readonly decoder: EventDecoder,
  ) {}

  decode(cursor: DecodeCursor): void {
    const { kernels, wordBytes } = this;
    const { bytes } = cursor;
    const most = kernels.words.length - (kernels.words.length % wordBytes);
    this.giveState();
    while (cursor.count <= FULL_AT) {
      const left = bytes.length - cursor.position;
      const length = Math.min(most, left - (left % wordBytes));
      if (length <= 0) {
        break;
      }
      kernels.words.set(bytes.subarray(cursor.position, cursor.position + length));
      this.decodeLoaded(cursor, length);
    }
    this.takeState();
  }

  /** Decodes words that are in the kernels' memory. */
  private decodeLoaded(cursor: DecodeCursor, length: number): void {
    const { kernels, kernel, wordBytes } = this;
    const begin = cursor.position;
    for (let at = 0; at < length && cursor.count <= FULL_AT; ) {
      const room = Math.min(kernels.capacity - WORD_EVENTS, FULL_AT + 1 - cursor.count);
      const { count, position } = kernels.decode(kernel, at, length, room, cursor.target, cursor.count);
      cursor.count += count;
      cursor.position = begin + position;
      at = position;
      if (at < length && count < room) {
        this.decodeWord(cursor);
        at += wordBytes;
      }
    }
  }

  /** Decodes the word that the kernel left. */
  private decodeWord(cursor: DecodeCursor): void {
    const { bytes, position, fileOffset } = cursor;
    const word = bytes.subarray(position, position + this.wordBytes);
    const single = { ...cursor, bytes: word, position: 0, fileOffset: fileOffset + position };
    this.takeState();
    this.decoder.decode(single);
    this.giveState();
    cursor.count = single.count;
    cursor.position += this.wordBytes;
  }

  private giveState(): void {
    this.kernels.setState(this.decoder.snapshot());
  }

  private takeState(): void {
    this.decoder.restore(this.kernels.getState(this.decoder.snapshot().length));
  }

  snapshot(): readonly number[] {
    return this.decoder.snapshot();
  }

  restore(snapshot: readonly number[]): void {
    this.decoder.restore(snapshot);
  }
}

/**
 * A decoder that does the same by a kernel, where there are kernels; else the decoder itself.
 * @param decoder of words that all have `wordBytes` bytes; its snapshot is the kernel's state.
 */
export function withKernel(kernel: KernelName, wordBytes: number, decoder: EventDecoder): EventDecoder {
  const kernels = wordKernels();
  return kernels ? new KernelDecoder(kernels, kernel, wordBytes, decoder) : decoder;
}
