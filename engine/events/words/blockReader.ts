import { SpikeBridgeError } from '../../errors';
import type { ByteSource } from '../byteSource';
import { allocateEvents, type EventBatch, firstEvents } from '../eventBatch';
import type { DecoderState, EventReader } from '../recording';
import type { WarningLog } from '../warningLog';
import { BATCH_EVENTS, type DecodeCursor, type EventDecoder, FULL_AT } from './eventDecoder';

/** Large enough that reading costs few calls, small enough that a block is still in a cache when it is decoded. */
const BLOCK_BYTES = 1 << 18;
const EMPTY = new Uint8Array(0);
const NO_EVENTS = allocateEvents(0);

/** A stretch of a file that is one stream of words. */
export interface WordStream {
  readonly source: ByteSource;
  /** First byte of the words. */
  readonly begin: number;
  readonly warnings: WarningLog;
  /** What a cut word is called in the warning: "event", "event packet". */
  readonly unit: string;
}

function foreignState(file: string): SpikeBridgeError {
  return new SpikeBridgeError(
    'data',
    'the saved place does not belong to this file',
    'Remove the time index of the file; it is built again when the file is opened.',
    { file },
  );
}

/** The numbers of a state: byte offset, then the decoder's snapshot. */
function parseState(state: DecoderState, { source, begin }: WordStream): readonly number[] {
  const numbers = Array.isArray(state) ? (state as readonly unknown[]) : [];
  const offset = numbers[0];
  const valid = numbers.every((value) => typeof value === 'number');
  if (!valid || !Number.isSafeInteger(offset) || Number(offset) < begin || Number(offset) > source.size) {
    throw foreignState(source.name);
  }
  return numbers as readonly number[];
}

/** Views of words wider than a byte need aligned memory. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
}

function hasRoom({ t, x, y, polarity }: EventBatch): boolean {
  return [t, x, y, polarity].every(
    ({ buffer, BYTES_PER_ELEMENT }) => buffer.byteLength === BATCH_EVENTS * BYTES_PER_ELEMENT,
  );
}

/** The arrays to fill: those given back by the caller where they have room, else new ones. */
function targetOf(reuse: EventBatch | undefined): EventBatch {
  if (!reuse || !hasRoom(reuse)) {
    return allocateEvents(BATCH_EVENTS);
  }
  return {
    t: new Float64Array(reuse.t.buffer),
    x: new Uint16Array(reuse.x.buffer),
    y: new Uint16Array(reuse.y.buffer),
    polarity: new Uint8Array(reuse.polarity.buffer),
  };
}

/** The events of a target as a batch; a small rest gets memory of its own size. */
function batchOf(target: EventBatch, count: number): EventBatch {
  if (count > BATCH_EVENTS / 2) {
    return count === BATCH_EVENTS ? target : firstEvents(target, count);
  }
  return {
    t: target.t.slice(0, count),
    x: target.x.slice(0, count),
    y: target.y.slice(0, count),
    polarity: target.polarity.slice(0, count),
  };
}

/** Reads events through a decoder, a block of the file at a time. */
export class BlockReader implements EventReader {
  private readonly cursor: DecodeCursor;
  private block = EMPTY;

  /** @param from a state of a reader of the same file. @throws SpikeBridgeError (data) for a foreign state. */
  constructor(
    private readonly stream: WordStream,
    private readonly decoder: EventDecoder,
    from?: DecoderState,
  ) {
    const [offset = stream.begin, ...snapshot] =
      from === undefined ? [stream.begin] : parseState(from, stream);
    if (from !== undefined) {
      if (snapshot.length !== decoder.snapshot().length) {
        throw foreignState(stream.source.name);
      }
      decoder.restore(snapshot);
    }
    this.cursor = {
      bytes: EMPTY,
      position: 0,
      fileOffset: offset,
      target: NO_EVENTS,
      count: 0,
      need: 0,
      ended: false,
    };
  }

  async next(reuse?: EventBatch): Promise<EventBatch | undefined> {
    const { cursor } = this;
    cursor.target = targetOf(reuse);
    cursor.count = 0;
    while (!this.cursor.ended && cursor.count <= FULL_AT) {
      await this.decodeMore();
    }
    return cursor.count > 0 ? batchOf(cursor.target, cursor.count) : undefined;
  }

  /** Goes on for one block without keeping events; for passes that only collect samples. @returns false at the end. */
  async skip(scratch: EventBatch): Promise<boolean> {
    this.cursor.target = scratch;
    this.cursor.count = 0;
    await this.decodeMore();
    return !this.cursor.ended;
  }

  private async decodeMore(): Promise<void> {
    const { cursor } = this;
    if (cursor.position < cursor.bytes.length) {
      const before = cursor.position;
      this.decoder.decode(cursor);
      if (cursor.position > before || cursor.count > FULL_AT) {
        return;
      }
    }
    await this.readBlock();
  }

  /** Reads the block behind the last whole word; a rest that is no whole word ends the stream. */
  private async readBlock(): Promise<void> {
    const { cursor, stream } = this;
    const { size } = stream.source;
    const offset = cursor.fileOffset + cursor.position;
    const left = Math.max(0, cursor.bytes.length - cursor.position);
    if (left > 0 && (offset + left >= size || (cursor.position === 0 && cursor.need <= left))) {
      stream.warnings.add(`the file ends inside an ${stream.unit}: ${left} bytes were left out`, offset);
      cursor.ended = true;
      return;
    }
    if (offset > size || (offset === size && this.decoder.incomplete?.())) {
      stream.warnings.add(`the file ends inside an ${stream.unit}`, size);
    }
    cursor.bytes = await this.bytesFrom(offset, Math.max(BLOCK_BYTES, cursor.need));
    cursor.fileOffset = Math.min(offset, size);
    cursor.position = 0;
    cursor.need = 0;
    cursor.ended = cursor.bytes.length === 0;
  }

  /** The block at a place, in memory of this reader where the source can fill it: that spares an allocation. */
  private async bytesFrom(offset: number, length: number): Promise<Uint8Array> {
    const { source } = this.stream;
    if (!source.readInto) {
      return aligned(await source.read(offset, length));
    }
    if (this.block.length < length) {
      this.block = new Uint8Array(length);
    }
    return this.block.subarray(0, await source.readInto(this.block.subarray(0, length), offset));
  }

  state(): DecoderState {
    const offset = Math.min(this.cursor.fileOffset + this.cursor.position, this.stream.source.size);
    return [offset, ...this.decoder.snapshot()];
  }

  progress(): number {
    const { begin, source } = this.stream;
    const { fileOffset, position } = this.cursor;
    return source.size > begin ? Math.min(1, (fileOffset + position - begin) / (source.size - begin)) : 1;
  }

  async close(): Promise<void> {
    this.cursor.ended = true;
    this.cursor.bytes = EMPTY;
    this.cursor.position = 0;
    this.block = EMPTY;
  }
}
