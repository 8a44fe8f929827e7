import type { FrameSample, ImuSample, Track, TrackSample } from '../tracks';
import type { WarningLog } from '../warningLog';
import { stampMicroseconds } from './eventArray';
import { EventMessages } from './eventMessages';
import type { MessageLog, RosTopic } from './messageLog';
import { pictureOf } from './pictures';
import { type RosRecord, readMessage, typeOf } from './rosMessage';
import type { EventTopic } from './rosRecording';

const GRAVITY = 9.80665;
const DEGREES_PER_RADIAN = 180 / Math.PI;

/** Pictures and IMU samples of the bag, and the triggers among the sensor words of the open topic. */
export function tracksOf(log: MessageLog, events: EventTopic, warnings: WarningLog): Track[] {
  const beside = log.topics.flatMap((topic) => {
    switch (topic.type) {
      case 'sensor_msgs/Image':
        return [sampleTrack(log, topic, 'frame', `frames (${topic.name})`, frameOf, warnings)];
      case 'sensor_msgs/Imu':
        return [sampleTrack(log, topic, 'imu', `IMU (${topic.name})`, imuOf, warnings)];
      default:
        return [];
    }
  });
  const hasWords = events.type.fields.some(({ name }) => name === 'encoding');
  return hasWords ? [...beside, triggerTrack(log, events, warnings)] : beside;
}

function sampleTrack(
  log: MessageLog,
  topic: RosTopic,
  kind: Track['kind'],
  name: string,
  read: (record: RosRecord) => TrackSample | undefined,
  warnings: WarningLog,
): Track {
  async function* samples(first: number, last: number): AsyncGenerator<TrackSample> {
    const type = typeOf(topic);
    const next = log.messages(topic);
    for (let message = type && (await next(log.start)); type && message; message = await next(message.next)) {
      const sample = safely(
        () => read(readMessage(type, message!.data, topic.encoding)),
        warnings,
        message.byteOffset,
      );
      if (sample && sample.t >= first && sample.t < last) {
        yield sample;
      }
    }
  }
  return { kind, name, ...(topic.messages !== undefined && { count: topic.messages }), samples };
}

function safely<T>(work: () => T, warnings: WarningLog, byteOffset: number): T | undefined {
  try {
    return work();
  } catch (error) {
    warnings.add(`a message is damaged (${(error as Error).message})`, byteOffset);
    return undefined;
  }
}

/** Time of the message's header. */
function timeOf({ header }: RosRecord): number {
  return stampMicroseconds((header as RosRecord | undefined)?.stamp);
}

function frameOf(record: RosRecord): FrameSample | undefined {
  return pictureOf(record, timeOf(record));
}

/** m/s² become g, rad/s become degrees per second. */
function imuOf(record: RosRecord): ImuSample {
  return {
    kind: 'imu',
    t: timeOf(record),
    acceleration: vectorOf(record.linear_acceleration, 1 / GRAVITY),
    rotation: vectorOf(record.angular_velocity, DEGREES_PER_RADIAN),
  };
}

function vectorOf(value: RosRecord[string] | undefined, scale: number): [number, number, number] {
  const { x = 0, y = 0, z = 0 } = (value ?? {}) as { x?: number; y?: number; z?: number };
  return [x * scale, y * scale, z * scale];
}

/** Triggers among sensor words: the packets are decoded from the start, because their times go on from one to the next. */
function triggerTrack(log: MessageLog, events: EventTopic, warnings: WarningLog): Track {
  async function* samples(first: number, last: number): AsyncGenerator<TrackSample> {
    const next = log.messages(events.topic);
    let found: TrackSample[] = [];
    const sink = { kind: 'trigger' as const, add: (sample: TrackSample) => found.push(sample) };
    const decoder = new EventMessages(events, warnings, [], sink);
    for (let message = await next(log.start); message; message = await next(message.next)) {
      const current = message;
      safely(() => decoder.decode(current), warnings, message.byteOffset);
      yield* found.filter(({ t }) => t >= first && t < last);
      found = [];
    }
  }
  return { kind: 'trigger', name: `triggers (${events.topic.name})`, samples };
}
