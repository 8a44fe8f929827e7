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
  /** Pixels; the smallest size that the events fit on where neither file nor user tells. */
  readonly width: number;
  readonly height: number;
  readonly events: number;
  readonly onEvents: number;
  /** µs; null without events. */
  readonly firstTimestamp: number | null;
  readonly lastTimestamp: number | null;
  /** lastTimestamp - firstTimestamp, µs. */
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
  readonly warnings: readonly RecordingWarning[];
  /** How each fact was found, by its name. */
  readonly found: Readonly<Record<string, string>>;
}

const COUNTED = 'counted over all events';

function countedFacts({ facts }: RecordingIndex) {
  const { events, onEvents, firstTimestamp, lastTimestamp } = facts;
  const duration = lastTimestamp - firstTimestamp;
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
  const { width, height } =
    size?.value ?? (index.facts.events > 0 ? observedExtent(index) : { width: 0, height: 0 });
  return { width, height };
}

function howFound({ format, version, sensor, size }: RecordingInfo): Record<string, string> {
  return {
    format: format.how,
    ...(version && { version: version.how }),
    ...(sensor && { sensor: sensor.how }),
    width: size?.how ?? 'not in the file: largest column + 1',
    height: size?.how ?? 'not in the file: largest row + 1',
    events: COUNTED,
    onEvents: COUNTED,
    firstTimestamp: 'first event of the file',
    lastTimestamp: 'last event of the file',
    duration: 'lastTimestamp - firstTimestamp',
    backwardSteps: COUNTED,
    largestBackwardStep: COUNTED,
    meanRate: 'events / duration',
    meanX: COUNTED,
    meanY: COUNTED,
  };
}

function warningsOf(recording: Recording, { facts }: RecordingIndex): RecordingWarning[] {
  const steps = {
    message: `timestamps step back, by up to ${facts.largestBackwardStep} µs`,
    count: facts.backwardSteps,
  };
  return [...recording.warnings(), ...(facts.backwardSteps > 0 ? [steps] : [])];
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
    warnings: warningsOf(recording, index),
    found: howFound(info),
  };
}
