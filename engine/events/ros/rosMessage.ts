import type { MessageDefinition, MessageDefinitionField } from '@foxglove/message-definition';
import { parse } from '@foxglove/rosmsg';
import { BUILT_IN_DEFINITIONS } from './builtInDefinitions';
import type { RosTopic } from './messageLog';
import { RosCursor } from './rosCursor';

/** Moment as both ROS versions store it. */
export interface RosTime {
  readonly sec: number;
  readonly nsec: number;
}

/** An array of structures that is read by its own loop: where it begins and what an element is. */
export interface RosArray {
  readonly cursor: RosCursor;
  readonly count: number;
  readonly element: RosType;
}

export type RosValue =
  | number
  | bigint
  | string
  | RosTime
  | Uint8Array
  | readonly RosValue[]
  | RosRecord
  | RosArray;

/** A message as far as it was read: fields behind an array of structures are left out. */
export interface RosRecord {
  readonly [field: string]: RosValue;
}

/** A message type with those it uses. */
export interface RosType {
  readonly fields: readonly MessageDefinitionField[];
  readonly all: ReadonlyMap<string, RosType>;
}

type ReadPrimitive = (cursor: RosCursor) => number | bigint | string | RosTime;

const PRIMITIVES: Readonly<Record<string, ReadPrimitive>> = {
  bool: (cursor) => cursor.view.getUint8(cursor.take(1)),
  int8: (cursor) => cursor.view.getInt8(cursor.take(1)),
  uint8: (cursor) => cursor.view.getUint8(cursor.take(1)),
  int16: (cursor) => cursor.view.getInt16(cursor.take(2), cursor.isLittle),
  uint16: (cursor) => cursor.view.getUint16(cursor.take(2), cursor.isLittle),
  int32: (cursor) => cursor.view.getInt32(cursor.take(4), cursor.isLittle),
  uint32: (cursor) => cursor.u32(),
  int64: (cursor) => cursor.view.getBigInt64(cursor.take(8), cursor.isLittle),
  uint64: (cursor) => cursor.view.getBigUint64(cursor.take(8), cursor.isLittle),
  float32: (cursor) => cursor.view.getFloat32(cursor.take(4), cursor.isLittle),
  float64: (cursor) => cursor.view.getFloat64(cursor.take(8), cursor.isLittle),
  string: (cursor) => cursor.text(),
  time: readTime,
  duration: readTime,
};

function readTime(cursor: RosCursor): RosTime {
  const place = cursor.take(8, 4);
  return {
    sec: cursor.view.getInt32(place, cursor.isLittle),
    nsec: cursor.view.getUint32(place + 4, cursor.isLittle),
  };
}

const MOST_DEPTH = 8;
const MOST_ELEMENTS = 1 << 20;

/**
 * The type of a topic's messages from its definition, else from the built-in ones.
 * @returns undefined where neither is there or the text is none.
 */
export function typeOf({ type, encoding, definition }: RosTopic): RosType | undefined {
  const text = definition || (encoding === 'cdr' ? BUILT_IN_DEFINITIONS[type] : undefined);
  try {
    return text === undefined ? undefined : linked(parse(text, { ros2: encoding === 'cdr' }));
  } catch {
    return undefined;
  }
}

/** The first definition is the message; the others have names. */
function linked(definitions: readonly MessageDefinition[]): RosType | undefined {
  const all = new Map<string, RosType>();
  const types = definitions.map(({ name, definitions: fields }) => {
    const type: RosType = { fields: fields.filter(({ isConstant }) => !isConstant), all };
    if (name !== undefined) {
      all.set(shortName(name), type);
    }
    return type;
  });
  return types[0];
}

/** "dvs_msgs/Event" of "dvs_msgs/msg/Event". */
export function shortName(type: string): string {
  return type.replace('/msg/', '/');
}

/** Reads a message up to its first array of structures. @throws RangeError where it is cut off or damaged. */
export function readMessage(type: RosType, data: Uint8Array, encoding: RosTopic['encoding']): RosRecord {
  return readRecord(type, new RosCursor(data, encoding), 0);
}

/** Reads one structure where the cursor stands. */
export function readRecord(type: RosType, cursor: RosCursor, depth: number): RosRecord {
  if (depth > MOST_DEPTH) {
    throw new RangeError('the message type is nested too deeply');
  }
  const record: Record<string, RosValue> = {};
  for (const field of type.fields) {
    const value = readField(type, field, cursor, depth);
    record[field.name] = value;
    if (isRosArray(value)) {
      break;
    }
  }
  return record;
}

export function isRosArray(value: RosValue | undefined): value is RosArray {
  return typeof value === 'object' && 'element' in value;
}

function readField(type: RosType, field: MessageDefinitionField, cursor: RosCursor, depth: number): RosValue {
  const element = field.isComplex ? type.all.get(shortName(field.type)) : undefined;
  if (field.isComplex && !element) {
    throw new RangeError(`the definition lacks ${field.type}`);
  }
  if (field.isArray) {
    const count = field.arrayLength ?? cursor.u32();
    return element ? { cursor, count, element } : readArray(field.type, count, cursor);
  }
  return element ? readRecord(element, cursor, depth + 1) : primitive(field.type)(cursor);
}

function primitive(type: string): ReadPrimitive {
  const read = PRIMITIVES[type];
  if (!read) {
    throw new RangeError(`the type ${type} is not known`);
  }
  return read;
}

function readArray(type: string, count: number, cursor: RosCursor): RosValue {
  if (type === 'uint8' || type === 'int8') {
    const place = cursor.take(count, 1);
    return cursor.bytes.subarray(place, place + count);
  }
  if (count > MOST_ELEMENTS) {
    throw new RangeError(`an array of ${count} elements`);
  }
  const read = primitive(type);
  return Array.from({ length: count }, () => read(cursor));
}
