import { SpikeBridgeError } from '../../errors';
import type { ByteSource } from '../byteSource';
import type { EventBatch, SensorSize } from '../eventBatch';
import { allocateEvents } from '../eventBatch';
import { pageOf, type ReadPage } from '../eventPages';
import type { FormatId } from '../formats';
import { missingStream } from '../missingStream';
import { pagedRecording } from '../pagedRecording';
import type { JsonValue, OpenOptions, Recording } from '../recording';
import { found, sizeFrom } from '../recordingFacts';
import type { WarningLog } from '../warningLog';
import { isEventType } from './eventArray';
import { EventMessages } from './eventMessages';
import type { MessageLog, RosTopic } from './messageLog';
import { type RosType, readMessage, typeOf } from './rosMessage';
import { tracksOf } from './tracks';

/** Messages looked at for one with events, per topic. */
const MOST_PROBED = 64;
const MOST_NAMES = 12;

/** A topic whose messages are events. */
export interface EventTopic {
  readonly topic: RosTopic;
  readonly type: RosType;
}

/** Whether messages are arrays of events, or packets of encoded ones. */
function isEventMessage({ fields, all }: RosType): boolean {
  const array = fields.find(({ name }) => name === 'events');
  const element = array?.isComplex ? all.get(array.type.replace('/msg/', '/')) : undefined;
  const isPacket = array?.type === 'uint8' && fields.some(({ name }) => name === 'encoding');
  return isPacket || (element !== undefined && isEventType(element));
}

function eventTopics({ topics }: MessageLog): EventTopic[] {
  return topics.flatMap((topic) => {
    const type = typeOf(topic);
    return type && isEventMessage(type) ? [{ topic, type }] : [];
  });
}

/**
 * A recording of one topic of a bag.
 * @throws SpikeBridgeError (data) naming the topics where none has events, (usage) where the wanted one is missing.
 */
export async function rosRecording(
  source: ByteSource,
  log: MessageLog,
  format: FormatId,
  how: string,
  warnings: WarningLog,
  options: OpenOptions,
): Promise<Recording> {
  const candidates = eventTopics(log);
  const chosen = await chooseTopic(source, log, candidates, options, warnings);
  const facts = await firstFacts(log, chosen);
  const size = sizeFrom(options, facts.size && found(facts.size, `messages of ${chosen.topic.name}`));
  const names = [...new Set(candidates.map(({ topic }) => topic.name))];
  return pagedRecording({
    source,
    warnings,
    tracks: tracksOf(log, chosen, warnings),
    start: [log.start, []],
    pages: () => messagePages(log, chosen, warnings),
    info: {
      format: found(format, how),
      ...(facts.encoding && { version: found(facts.encoding, 'field encoding of the messages') }),
      ...(size && { size }),
      streams: names,
      stream: chosen.topic.name,
      properties: [
        ...log.properties,
        ['message type', chosen.topic.type],
        ...log.topics.map(
          ({ name, type, messages }) =>
            [`topic ${name}`, messages === undefined ? type : `${type}, ${messages} messages`] as const,
        ),
      ],
    },
  });
}

async function chooseTopic(
  source: ByteSource,
  log: MessageLog,
  candidates: readonly EventTopic[],
  { stream }: OpenOptions,
  warnings: WarningLog,
): Promise<EventTopic> {
  const wanted = candidates.filter(({ topic }) => stream === undefined || topic.name === stream);
  if (wanted.length === 0) {
    throw noEvents(source, log, candidates, stream, warnings);
  }
  for (const candidate of wanted) {
    if (wanted.length === 1 || (await firstFacts(log, candidate)).hasEvents) {
      return candidate;
    }
  }
  return wanted[0]!;
}

function noEvents(
  { name: file }: ByteSource,
  { topics }: MessageLog,
  candidates: readonly EventTopic[],
  stream: string | undefined,
  warnings: WarningLog,
): SpikeBridgeError {
  if (stream !== undefined && candidates.length > 0) {
    const names = candidates.map(({ topic }) => topic.name);
    return missingStream(stream, names, file);
  }
  const damage = warnings.list().map(({ message }) => ` (${message})`);
  const names = topics.slice(0, MOST_NAMES).map(({ name, type }) => `${name} (${type})`);
  return new SpikeBridgeError(
    'data',
    `this bag holds no events: ${names.join(', ') || 'it has no topics'}${damage.join('')}`,
    'Topics with dvs_msgs/EventArray, prophesee_event_msgs/EventArray or event_camera_msgs/EventPacket are read.',
    { file },
  );
}

interface Facts {
  readonly hasEvents: boolean;
  readonly size?: SensorSize;
  readonly encoding?: string;
}

/** Size and encoding as the first messages state them. */
async function firstFacts(log: MessageLog, { topic, type }: EventTopic): Promise<Facts> {
  const read = log.messages(topic);
  let facts: Facts = { hasEvents: false };
  let message = await read(log.start);
  for (let index = 0; message && index < MOST_PROBED; index++) {
    try {
      facts = factsOf(readMessage(type, message.data, topic.encoding));
    } catch {
      // A damaged message tells nothing; the reader warns about it.
    }
    if (facts.hasEvents && facts.size) {
      break;
    }
    message = await read(message.next);
  }
  return facts;
}

function factsOf(record: ReturnType<typeof readMessage>): Facts {
  const { width, height, encoding, events } = record;
  const hasEvents =
    events instanceof Uint8Array ? events.length > 0 : Number((events as { count?: number })?.count) > 0;
  const isSized = Number(width) > 0 && Number(height) > 0;
  return {
    hasEvents,
    ...(isSized && { size: { width: Number(width), height: Number(height) } }),
    ...(typeof encoding === 'string' && { encoding }),
  };
}

/** One page per message. A place is the log's place and what the decoder of sensor words remembers. */
function messagePages(log: MessageLog, chosen: EventTopic, warnings: WarningLog): ReadPage {
  const read = log.messages(chosen.topic);
  return async (place) => {
    const [logPlace, snapshot] = placeOf(place);
    const message = await read(logPlace);
    if (!message) {
      return undefined;
    }
    const decoder = new EventMessages(chosen, warnings, snapshot);
    let events: EventBatch;
    try {
      events = decoder.decode(message);
    } catch (error) {
      warnings.add(`a message is damaged (${(error as Error).message})`, message.byteOffset);
      events = allocateEvents(0);
    }
    return pageOf(events, [message.next, decoder.snapshot()], message.progress);
  };
}

function placeOf(place: JsonValue): [JsonValue, readonly number[]] {
  const [logPlace, snapshot] = Array.isArray(place) ? place : [];
  return [logPlace ?? null, Array.isArray(snapshot) ? snapshot.map(Number) : []];
}
