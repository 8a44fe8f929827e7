import { observedExtent, type RecordingIndex } from './index/recordingIndex';
import type { Recording, RecordingInfo, RecordingWarning } from './recording';
import type { Track } from './tracks';

const MICROSECONDS_PER_SECOND = 1e6;

/** What a track holds. */
export interface TrackFacts {
  readonly kind: Track['kind'];
  readonly name: string;
  readonly samples: number;
}

/** What is known of a recording after a pass over its events; null where nothing tells. */
export interface RecordingFacts {
  readonly format: string;
  readonly version: string | null;
  readonly sensor: string | null;
  /** Pixels; the smallest size that the events fit on where neither file nor user tells; null without events. */
  readonly width: number | null;
  readonly height: number | null;
  readonly events: number;
  readonly onEvents: number;
  /** µs; null without events. */
  readonly firstTimestamp: number | null;
  readonly lastTimestamp: number | null;
  /** lastTimestamp - firstTimestamp, or highest - lowest timestamp where they step back: never negative. µs. */
  readonly duration: number | null;
  /** Events whose timestamp is smaller than that of the event before, and the largest of these falls in µs. */
  readonly backwardSteps: number;
  readonly largestBackwardStep: number;
  /** Events/s; null where the duration is 0. */
  readonly meanRate: number | null;
  readonly meanX: number | null;
  readonly meanY: number | null;
  readonly stream: string;
  readonly streams: readonly string[];
  readonly tracks: readonly TrackFacts[];
  /** What else the file says, and how its values were understood. */
  readonly properties: RecordingInfo['properties'];
  readonly warnings: readonly RecordingWarning[];
  /** How each fact was found, by its name. */
  readonly found: Readonly<Record<string, string>>;
}

const UNKNOWN_SIZE = { width: null, height: null };

const COUNTED = 'counted over all events';

function durationOf(facts: RecordingIndex['facts']): number {
  return facts.backwardSteps > 0
    ? facts.highestTimestamp - facts.lowestTimestamp
    : facts.lastTimestamp - facts.firstTimestamp;
}

function countedFacts({ facts }: RecordingIndex) {
  const { events, onEvents, firstTimestamp, lastTimestamp } = facts;
  const duration = durationOf(facts);
  return {
    events,
    onEvents,
    firstTimestamp: events > 0 ? firstTimestamp : null,
    lastTimestamp: events > 0 ? lastTimestamp : null,
    duration: events > 0 ? duration : null,
    backwardSteps: facts.backwardSteps,
    largestBackwardStep: facts.largestBackwardStep,
    meanRate: duration > 0 ? (events * MICROSECONDS_PER_SECOND) / duration : null,
    meanX: events > 0 ? facts.sumX / events : null,
    meanY: events > 0 ? facts.sumY / events : null,
  };
}

function sizeFacts({ size }: RecordingInfo, index: RecordingIndex) {
  const { width, height } = size?.value ?? (index.facts.events > 0 ? observedExtent(index) : UNKNOWN_SIZE);
  return { width, height };
}

const NO_EVENTS = 'the recording holds no events';

function howSizeFound({ size }: RecordingInfo, events: number, largest: string): string {
  return (
    size?.how ?? `not in the file${events > 0 ? `: ${largest} of an event + 1` : ', and no events tell it'}`
  );
}

function howTimesFound(facts: RecordingIndex['facts']) {
  const { events, backwardSteps } = facts;
  const orElse = (how: string) => (events > 0 ? how : NO_EVENTS);
  return {
    firstTimestamp: orElse('first event of the file'),
    lastTimestamp: orElse('last event of the file'),
    duration: orElse(
      backwardSteps > 0
        ? 'highest - lowest timestamp, as timestamps step back'
        : 'lastTimestamp - firstTimestamp',
    ),
    meanRate: orElse(durationOf(facts) > 0 ? 'events / duration' : 'the recording has no duration'),
    meanX: orElse(COUNTED),
    meanY: orElse(COUNTED),
  };
}

function howFound(info: RecordingInfo, { facts }: RecordingIndex): Record<string, string> {
  const { format, version, sensor } = info;
  return {
    format: format.how,
    ...(version && { version: version.how }),
    sensor: sensor?.how ?? 'not in the file',
    width: howSizeFound(info, facts.events, 'largest x'),
    height: howSizeFound(info, facts.events, 'largest y'),
    events: COUNTED,
    onEvents: COUNTED,
    backwardSteps: COUNTED,
    largestBackwardStep: COUNTED,
    ...howTimesFound(facts),
  };
}

/** What counting all events shows to be wrong with them; empty where nothing is. */
export function countedWarnings({ facts }: RecordingIndex): RecordingWarning[] {
  const { backwardSteps: count, largestBackwardStep } = facts;
  return count > 0 ? [{ message: `timestamps step back, by up to ${largestBackwardStep} µs`, count }] : [];
}

function warningsOf(recording: Recording, index: RecordingIndex): RecordingWarning[] {
  return [...recording.warnings(), ...countedWarnings(index)];
}

/** Everything that is worth telling about a recording, each fact with how it was found. */
export function recordingFacts(
  recording: Recording,
  index: RecordingIndex,
  tracks: readonly TrackFacts[],
): RecordingFacts {
  const { info } = recording;
  return {
    format: info.format.value,
    version: info.version?.value ?? null,
    sensor: info.sensor?.value ?? null,
    ...sizeFacts(info, index),
    ...countedFacts(index),
    stream: info.stream,
    streams: info.streams,
    tracks,
    properties: info.properties,
    warnings: warningsOf(recording, index),
    found: howFound(info, index),
  };
}
