import type { EventBatch } from '../eventBatch';
import { allocateEvents } from '../eventBatch';
import type { WarningLog } from '../warningLog';
import type { SampleSink } from '../words/eventDecoder';
import { decodeEventArray } from './eventArray';
import { type EventPacket, packetDecoder } from './eventPacket';
import type { RosMessage } from './messageLog';
import { isRosArray, type RosRecord, readMessage } from './rosMessage';
import type { EventTopic } from './rosRecording';

/** Decodes the messages of one topic one after the other. */
export class EventMessages {
  #snapshot: readonly number[];

  /** @param snapshot what an earlier decoder of the topic remembered; empty at the start. */
  constructor(
    private readonly topic: EventTopic,
    private readonly warnings: WarningLog,
    snapshot: readonly number[],
    private readonly sink?: SampleSink,
  ) {
    this.#snapshot = snapshot;
  }

  /** @throws RangeError where the message is cut off or its encoding is not known. */
  decode({ data, byteOffset }: RosMessage): EventBatch {
    const { topic, type } = this.topic;
    const record = readMessage(type, data, topic.encoding);
    const { events } = record;
    if (isRosArray(events)) {
      return decodeEventArray(events);
    }
    if (!(events instanceof Uint8Array)) {
      return allocateEvents(0);
    }
    const packet = packetOf(record, events);
    const decoder = packetDecoder(packet.encoding, this.warnings, this.#snapshot, this.sink);
    const batch = decoder.decode(packet, byteOffset);
    this.#snapshot = decoder.snapshot();
    return batch;
  }

  snapshot(): readonly number[] {
    return this.#snapshot;
  }
}

function packetOf({ encoding, time_base, is_bigendian }: RosRecord, bytes: Uint8Array): EventPacket {
  return {
    encoding: String(encoding),
    timeBase: typeof time_base === 'bigint' ? time_base : BigInt(Math.trunc(Number(time_base ?? 0))),
    isBigEndian: Number(is_bigendian ?? 0) !== 0,
    bytes,
  };
}
