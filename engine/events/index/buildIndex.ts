import { SpikeBridgeError } from '../../errors';
import type { EventReader, Recording } from '../recording';
import { FactCounter } from './eventFacts';
import { RateCounter } from './rateCurve';
import type { IndexSegment, RecordingIndex } from './recordingIndex';

/** A segment is closed when it holds at least this many events. */
const SEGMENT_EVENTS = 32_768;
/** Segments are merged in pairs beyond this number, so that an index stays small for recordings of any length. */
const MAX_SEGMENTS = 32_768;

/** How an index is built. */
export interface BuildOptions {
  /**
   * Called after each batch.
   * @param share of the recording read, 0 to 1.
   * @param soFar makes the index of what has been read.
   */
  readonly progress?: (share: number, soFar: () => Omit<RecordingIndex, 'warnings'>) => void;
  readonly signal?: AbortSignal;
}

interface OpenSegment extends IndexSegment {
  events: number;
  lowest: number;
  highest: number;
}

/** Collects segments of batches. */
class SegmentList {
  private segments: OpenSegment[] = [];
  private smallest = SEGMENT_EVENTS;
  private total = 0;

  /** Adds a batch that was decoded from `state`. */
  add(state: IndexSegment['state'], events: number, lowest: number, highest: number): void {
    const last = this.segments.at(-1);
    if (last && last.events < this.smallest) {
      extend(last, { events, lowest, highest });
    } else {
      this.segments.push({ state, begin: this.total, events, lowest, highest });
    }
    this.total += events;
    if (this.segments.length > MAX_SEGMENTS) {
      this.mergePairs();
    }
  }

  private mergePairs(): void {
    this.smallest *= 2;
    this.segments = this.segments.filter((segment, index) => {
      const before = index % 2 === 1 ? this.segments[index - 1] : undefined;
      if (before) {
        extend(before, segment);
      }
      return !before;
    });
  }

  list(): IndexSegment[] {
    return this.segments.map(({ state, begin, lowest, highest }) => ({ state, begin, lowest, highest }));
  }
}

function extend(
  segment: OpenSegment,
  { events, lowest, highest }: Pick<OpenSegment, 'events' | 'lowest' | 'highest'>,
): void {
  segment.events += events;
  segment.lowest = Math.min(segment.lowest, lowest);
  segment.highest = Math.max(segment.highest, highest);
}

function checkCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new SpikeBridgeError(
      'cancelled',
      'building the time index was cancelled',
      'Open the file again to build it.',
    );
  }
}

async function readAll(reader: EventReader, { progress, signal }: BuildOptions) {
  const segments = new SegmentList();
  const facts = new FactCounter();
  const rate = new RateCounter();
  const soFar = () => ({ segments: segments.list(), facts: facts.facts(), rate: rate.curve() });
  checkCancelled(signal);
  let state = reader.state();
  for (let batch = await reader.next(); batch; batch = await reader.next(batch)) {
    checkCancelled(signal);
    const { lowest, highest } = facts.add(batch);
    rate.add(batch.t, batch.polarity, lowest, highest);
    segments.add(state, batch.t.length, lowest, highest);
    progress?.(reader.progress(), soFar);
    state = reader.state();
  }
  return soFar();
}

/**
 * Builds the time index in one pass over the recording; memory is bounded by the index.
 * @throws SpikeBridgeError (cancelled) when the signal is aborted; (data) as the reader does.
 */
export async function buildIndex(recording: Recording, options: BuildOptions = {}): Promise<RecordingIndex> {
  const reader = await recording.events();
  try {
    return { ...(await readAll(reader, options)), warnings: recording.warnings() };
  } finally {
    await reader.close();
  }
}
