import type { SensorSize } from '../eventBatch';
import type { DecoderState, RecordingWarning } from '../recording';
import type { EventFacts } from './eventFacts';
import type { RateCurve } from './rateCurve';

/** A stretch of the recording that is decoded from one place. */
export interface IndexSegment {
  /** Where decoding it begins. */
  readonly state: DecoderState;
  /** Number of events before it. */
  readonly begin: number;
  /** Smallest and largest timestamp of its events, in µs: segments may overlap where timestamps step back. */
  readonly lowest: number;
  readonly highest: number;
}

/** Where the events of every time are, and totals that need a pass over the whole recording. */
export interface RecordingIndex {
  /** In file order, without gaps. */
  readonly segments: readonly IndexSegment[];
  readonly facts: EventFacts;
  readonly rate: RateCurve;
  /** Warnings of the pass. */
  readonly warnings: readonly RecordingWarning[];
}

/** The first segment that may hold an event with timestamp >= t; undefined behind the last event. */
export function seekTime({ segments }: RecordingIndex, t: number): IndexSegment | undefined {
  return segments.find(({ highest }) => highest >= t);
}

/** The segment that holds an event. @param index number of the event, from 0. */
export function segmentOfEvent({ segments }: RecordingIndex, index: number): IndexSegment | undefined {
  return segments.findLast(({ begin }) => begin <= index);
}

/** The size of the smallest sensor that the events fit on. */
export function observedExtent({ facts }: RecordingIndex): SensorSize {
  return { width: facts.maxX + 1, height: facts.maxY + 1 };
}
