import type { EventBatch } from '../eventBatch';
import type { TrackSample } from '../tracks';

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
}

/** Receives the samples beside the events; a decoder without a sink skips them. */
export type SampleSink = (sample: TrackSample) => void;

/**
 * Decodes a stream of words incrementally: all that it remembers between two words is in its snapshot.
 * No allocation per event.
 */
export interface EventDecoder {
  /**
   * Decodes whole words from `cursor.position` until fewer bytes than a word are left or `cursor.count` > FULL_AT.
   * @throws SpikeBridgeError (data) where nothing behind this place can be read.
   */
  decode(cursor: DecodeCursor): void;
  /** The decoder's memory between two words, as numbers. */
  snapshot(): readonly number[];
  /** Takes up a snapshot of a decoder of the same file. */
  restore(snapshot: readonly number[]): void;
  /** Whether no sample is half read; absent where samples are single words. */
  idle?(): boolean;
}
