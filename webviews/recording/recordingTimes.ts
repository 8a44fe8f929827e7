import type { IndexProgress, RecordingSummary } from '../../engine/protocol/recordingProtocol';

/** First and last timestamp in µs, as far as they are known. */
export interface RecordingTimes {
  readonly first: number;
  readonly last: number;
  readonly eventsPerSecond?: number;
}

/** What the pass has seen, else what the container states; undefined while nothing is known. */
export function recordingTimes(
  { info }: RecordingSummary,
  index: IndexProgress | undefined,
): RecordingTimes | undefined {
  if (!index || index.events === 0) {
    return info.timeRange?.value;
  }
  const { first, last, events } = index;
  return { first, last, ...(last > first && { eventsPerSecond: events / ((last - first) / 1e6) }) };
}
