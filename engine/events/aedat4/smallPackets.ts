import { allocateEvents, type EventBatch, firstEvents } from '../eventBatch';
import type { Compression } from './header';
import type { PacketPlaces } from './packetPlaces';

/** Packets of more events are pages of their own; smaller ones share a page, so that each costs little. */
export const MOST_SHARING = 1024;
/** A shared page ends at this many events, or packets: the same ones wherever the file is read from. */
const ENOUGH_EVENTS = 4096;
const MOST_PACKETS = 4096;
const HEADER_BYTES = 8;
const EVENT_BYTES = 16;
/** Flatbuffer of the most events that share a page, with its tables. */
export const MOST_SHARED_BYTES = MOST_SHARING * EVENT_BYTES + 256;
/** The letters EVTS as a number. */
const EVENTS_TYPE = 0x53545645;

function int32(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

function uint16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}

/** Unpacks small payloads at once. */
export interface SmallUnpacker {
  /** What was unpacked last. */
  readonly target: Uint8Array;
  /** Unpacks the bytes [start, end). @returns the length in `target`, or -1 for what is left to others. */
  unpack(bytes: Uint8Array, start: number, end: number): number;
}

/** A stretch of the file in memory. */
export interface FileWindow {
  readonly bytes: Uint8Array;
  /** Place of the first byte in the file. */
  readonly begin: number;
}

/**
 * Gathers the events of small packets without an object per packet: what is sound and in memory. Everything else
 * (damage, large packets, what memory does not hold) is left to the general way, which says what is wrong.
 */
export class SmallPackets {
  readonly #isPlain: boolean;
  #batch: EventBatch | undefined;
  /** Events gathered, and packets passed, of any stream. */
  count = 0;
  passed = 0;

  /** @param unpacker where payloads are compressed. */
  constructor(
    compression: Compression,
    private readonly unpacker: SmallUnpacker | undefined,
  ) {
    this.#isPlain = compression === 'none';
  }

  /** Begins a page of its own. */
  begin(): void {
    this.#batch = undefined;
    this.count = 0;
    this.passed = 0;
  }

  get isFull(): boolean {
    return this.count >= ENOUGH_EVENTS || this.passed >= MOST_PACKETS;
  }

  /** What was gathered since `begin`. */
  events(): EventBatch {
    return firstEvents(this.#target(), this.count);
  }

  /** Memory of this page; large packets between small ones need none. */
  #target(): EventBatch {
    this.#batch ??= allocateEvents(ENOUGH_EVENTS + MOST_SHARING);
    return this.#batch;
  }

  /** Passes a packet that came the general way. @param copy puts its events into the batch from an index on. */
  add(count: number, copy: (batch: EventBatch, at: number) => void): void {
    copy(this.#target(), this.count);
    this.count += count;
    this.passed++;
  }

  /**
   * Passes packets from byte `offset` of the file on; gives the place of the first one that is left to others.
   * @param end byte behind the last packet. @param places that no packet reaches over.
   */
  pass(
    { bytes, begin }: FileWindow,
    offset: number,
    { end, stream, places }: { readonly end: number; readonly stream: number; readonly places: PacketPlaces },
  ): number {
    let at = offset - begin;
    const limit = Math.min(bytes.length, end - begin);
    while (!this.isFull && at >= 0 && at + HEADER_BYTES <= limit) {
      const id = int32(bytes, at);
      const size = int32(bytes, at + 4);
      const payload = at + HEADER_BYTES;
      if (!places.allows(begin + at, id, size, begin + payload + size)) {
        break;
      }
      if (id === stream && !this.#take(bytes, payload, payload + size, limit)) {
        break;
      }
      if (payload + size > end - begin) {
        break;
      }
      at = payload + size;
      this.passed++;
    }
    return begin + at;
  }

  /** Takes the events of the payload at [start, end) of `bytes`. @returns false where it is left to others. */
  #take(bytes: Uint8Array, start: number, end: number, limit: number): boolean {
    if (end > limit) {
      return false;
    }
    if (this.#isPlain) {
      return this.#takeEvents(bytes, start, end);
    }
    const { unpacker } = this;
    const length = unpacker?.unpack(bytes, start, end) ?? -1;
    return unpacker !== undefined && length >= 0 && this.#takeEvents(unpacker.target, 0, length);
  }

  /** Reads a flatbuffer behind its size: table, field 0, vector of structs (formats.md section 4). */
  #takeEvents(bytes: Uint8Array, start: number, end: number): boolean {
    const root = start + 4;
    if (root + 8 > end || int32(bytes, root + 4) !== EVENTS_TYPE) {
      return false;
    }
    const table = root + int32(bytes, root);
    if (table < root || table + 4 > end) {
      return false;
    }
    const vtable = table - int32(bytes, table);
    if (vtable < root || vtable + 6 > end || uint16(bytes, vtable) < 6) {
      return false;
    }
    const field = uint16(bytes, vtable + 4);
    const place = table + field;
    const vector = field === 0 || place + 4 > end ? -1 : place + int32(bytes, place);
    if (vector < root || vector + 4 > end) {
      return false;
    }
    const count = int32(bytes, vector);
    if (count < 0 || count > MOST_SHARING || vector + 4 + count * EVENT_BYTES > end) {
      return false;
    }
    this.#copy(bytes, vector + 4, count);
    return true;
  }

  #copy(bytes: Uint8Array, first: number, count: number): void {
    const { t, x, y, polarity } = this.#target();
    let at = first;
    for (let index = this.count; index < this.count + count; index++) {
      t[index] = int32(bytes, at + 4) * 2 ** 32 + (int32(bytes, at) >>> 0);
      x[index] = uint16(bytes, at + 8);
      y[index] = uint16(bytes, at + 10);
      polarity[index] = bytes[at + 12]! & 1;
      at += EVENT_BYTES;
    }
    this.count += count;
  }
}
