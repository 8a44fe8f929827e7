import type { JsonValue } from '../recording';

/** A topic of a bag. */
export interface RosTopic {
  readonly id: number;
  readonly name: string;
  /** "dvs_msgs/EventArray", without "/msg/". */
  readonly type: string;
  readonly encoding: 'ros1' | 'cdr';
  /** Text of the message definition, with those it uses; empty where the bag does not have it. */
  readonly definition: string;
  /** Number of messages where the bag tells. */
  readonly messages?: number;
}

/** One message, and where the next one of its topics may stand. */
export interface RosMessage {
  readonly data: Uint8Array;
  /** Place behind it. */
  readonly next: JsonValue;
  /** Byte of the file (of the chunk that it is in), for warnings. */
  readonly byteOffset: number;
  /** Share of the file up to it, 0 to 1. */
  readonly progress: number;
}

/** The next message of one topic at or behind a place, in file order; undefined at the end. */
export type ReadMessage = (place: JsonValue) => Promise<RosMessage | undefined>;

/** Messages of a bag, whatever its container. */
export interface MessageLog {
  readonly topics: readonly RosTopic[];
  /** Place of the first message. */
  readonly start: JsonValue;
  /** A reader of one topic with buffers of its own. */
  messages(topic: RosTopic): ReadMessage;
  readonly properties: readonly (readonly [string, string])[];
}
