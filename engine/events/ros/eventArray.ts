import { allocateEvents, type EventBatch } from '../eventBatch';
import type { RosArray, RosTime, RosType, RosValue } from './rosMessage';
import { readRecord } from './rosMessage';

const X = ['x'];
const Y = ['y'];
const TIME = ['ts', 't', 'time', 'timestamp'];
const POLARITY = ['polarity', 'p', 'pol'];
/** Bytes of the fixed types in ROS 1, where nothing is aligned. */
const SIZES: Readonly<Record<string, number>> = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  time: 8,
  duration: 8,
};
/** Integers above this are nanoseconds, below µs (1e17 µs is the year 5138). */
const EPOCH_NANOSECONDS = 100_000_000_000_000_000n;
const LEAST_EVENT_BYTES = 6;

/** Whether an element has the fields of an event. */
export function isEventType({ fields }: RosType): boolean {
  const has = (names: readonly string[]) => fields.some(({ name }) => names.includes(name));
  return has(X) && has(Y) && has(TIME) && has(POLARITY);
}

/** Layout of the packed event of dvs_msgs and prophesee_event_msgs. */
interface PackedEvent {
  readonly stride: number;
  readonly x: number;
  readonly y: number;
  readonly time: number;
  readonly polarity: number;
}

/** Places of the fields in a ROS 1 element: 16-bit coordinates, a time, a byte; undefined for anything else. */
function packedEvent({ fields }: RosType): PackedEvent | undefined {
  const places: Record<string, number> = {};
  let stride = 0;
  for (const { name, type, isArray, isComplex } of fields) {
    const size = isArray || isComplex ? undefined : SIZES[type];
    if (size === undefined) {
      return undefined;
    }
    places[`${name} ${type}`] = stride;
    stride += size;
  }
  const x = places['x uint16'];
  const y = places['y uint16'];
  const time = places['ts time'];
  const polarity = places['polarity bool'] ?? places['polarity uint8'];
  return x === undefined || y === undefined || time === undefined || polarity === undefined
    ? undefined
    : { stride, x, y, time, polarity };
}

/**
 * The events of an array message in file order; stamps become µs, rounded down.
 * @throws RangeError where the message is cut off.
 */
export function decodeEventArray(array: RosArray): EventBatch {
  const { cursor, count, element } = array;
  const left = cursor.bytes.length - cursor.at;
  if (count * LEAST_EVENT_BYTES > left) {
    throw new RangeError(`a message of ${left} bytes says that it has ${count} events`);
  }
  const packed = cursor.encoding === 'ros1' ? packedEvent(element) : undefined;
  return packed ? decodePacked(array, packed) : decodeOneByOne(array);
}

function decodePacked({ cursor, count }: RosArray, packed: PackedEvent): EventBatch {
  const start = cursor.take(count * packed.stride);
  const events = allocateEvents(count);
  const { view } = cursor;
  for (let index = 0; index < count; index++) {
    const at = start + index * packed.stride;
    const time = at + packed.time;
    events.x[index] = view.getUint16(at + packed.x, true);
    events.y[index] = view.getUint16(at + packed.y, true);
    events.t[index] = view.getUint32(time, true) * 1e6 + Math.floor(view.getUint32(time + 4, true) / 1000);
    events.polarity[index] = view.getUint8(at + packed.polarity) === 0 ? 0 : 1;
  }
  return events;
}

function decodeOneByOne({ cursor, count, element }: RosArray): EventBatch {
  const events = allocateEvents(count);
  const field = (names: readonly string[]) =>
    element.fields.find(({ name }) => names.includes(name))?.name ?? '';
  const [x, y, time, polarity] = [field(X), field(Y), field(TIME), field(POLARITY)];
  for (let index = 0; index < count; index++) {
    const record = readRecord(element, cursor, 0);
    events.x[index] = Number(record[x]);
    events.y[index] = Number(record[y]);
    events.t[index] = stampMicroseconds(record[time]);
    events.polarity[index] = Number(record[polarity]) > 0 ? 1 : 0;
  }
  return events;
}

/** A stamp as µs, rounded down: ROS time, or an integer of µs or ns. */
export function stampMicroseconds(value: RosValue | undefined): number {
  if (typeof value === 'bigint') {
    return Number(value > EPOCH_NANOSECONDS ? value / 1000n : value);
  }
  if (typeof value !== 'object' || !('sec' in value)) {
    return Number(value ?? 0);
  }
  const { sec, nsec, nanosec } = value as RosTime & { nanosec?: number };
  return Number(sec) * 1e6 + Math.floor(Number(nsec ?? nanosec ?? 0) / 1000);
}
