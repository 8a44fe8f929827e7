import type { EventBatch } from '../eventBatch';
import type { Track, TrackSample } from '../tracks';

/** Most events of a batch, and the capacity of every target. */
export const BATCH_EVENTS = 65_536;

/** Most events of one word (EVT2.1: a mask of 32 pixels): a target with less room counts as full. */
export const WORD_EVENTS = 32;

/** Count from which on a target is full: one more word may not fit. */
export const FULL_AT = BATCH_EVENTS - WORD_EVENTS;

/** Bytes to decode and the batch to fill; decoders move `position` and `count`. */
export interface DecodeCursor {
  /** A block of the file that begins at a word; `byteOffset` is a multiple of 8. */
  bytes: Uint8Array;
  /** Byte of `bytes` where decoding goes on; a decoder may set it beyond the block to skip what it does not need. */
  position: number;
  /** Place of `bytes[0]` in the file. */
  fileOffset: number;
  /** Arrays of BATCH_EVENTS events. */
  target: EventBatch;
  /** Events in `target`. */
  count: number;
  /** Bytes that the next word needs when it is larger than what is left of the block; else 0. */
  need: number;
  /** Set where nothing behind this place makes sense. */
  ended: boolean;
}

/** Receives the samples of one track; a decoder without a sink passes over everything but events. */
export interface SampleSink {
  readonly kind: Track['kind'];
  add(sample: TrackSample): void;
}

/**
 * Decodes a stream of words incrementally: all that it remembers between two words is in its snapshot.
 * No allocation per event.
 */
export interface EventDecoder {
  /**
   * Decodes whole words from `cursor.position` until fewer bytes than a word are left or `cursor.count` > FULL_AT.
   * Damage ends the stream with a warning (`cursor.ended`), it throws nothing.
   */
  decode(cursor: DecodeCursor): void;
  /** The decoder's memory between two words, as numbers; samples that are half read are not in it. */
  snapshot(): readonly number[];
  /** Takes up a snapshot of a decoder of the same file. */
  restore(snapshot: readonly number[]): void;
  /** Whether the words so far announce more than came: a packet that is not over. */
  incomplete?(): boolean;
  /** Number of the sample that is half read, growing from 1; 0 when there is none. Absent where there never is one. */
  pending?(): number;
}
