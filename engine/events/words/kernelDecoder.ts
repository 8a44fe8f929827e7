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
    const { bytes } = cursor;
    const { words } = this.kernels;
    const most = Math.floor(words.length / this.wordBytes);
    while (cursor.count <= FULL_AT) {
      const left = Math.floor((bytes.length - cursor.position) / this.wordBytes);
      if (left <= 0) {
        return;
      }
      const length = Math.min(left, most) * this.wordBytes;
      words.set(bytes.subarray(cursor.position, cursor.position + length));
      this.decodeLoaded(cursor, length);
    }
  }

  /** Decodes words that are in the kernels' memory. */
  private decodeLoaded(cursor: DecodeCursor, length: number): void {
    const { kernels, decoder } = this;
    const begin = cursor.position;
    const numbers = decoder.snapshot().length;
    kernels.setState(decoder.snapshot());
    for (let at = 0; at < length && cursor.count <= FULL_AT; at = cursor.position - begin) {
      const room = Math.min(kernels.capacity - WORD_EVENTS, FULL_AT + 1 - cursor.count);
      const { count, position } = kernels.decode(this.kernel, at, length, room, cursor.target, cursor.count);
      cursor.count += count;
      cursor.position = begin + position;
      if (position < length && count < room) {
        decoder.restore(kernels.getState(numbers));
        this.decodeWord(cursor);
        kernels.setState(decoder.snapshot());
      }
    }
    decoder.restore(kernels.getState(numbers));
  }

  private decodeWord(cursor: DecodeCursor): void {
    const { bytes, position, fileOffset } = cursor;
    const word = bytes.subarray(position, position + this.wordBytes);
    const single = { ...cursor, bytes: word, position: 0, fileOffset: fileOffset + position };
    this.decoder.decode(single);
    cursor.count = single.count;
    cursor.position += this.wordBytes;
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
