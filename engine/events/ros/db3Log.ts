import { SpikeBridgeError } from '../../errors';
import type { ByteSource } from '../byteSource';
import type { WarningLog } from '../warningLog';
import type { MessageLog, ReadMessage, RosTopic } from './messageLog';
import { unpackedMessage } from './packedMessage';
import { shortName } from './rosMessage';
import { SqliteFile, type SqliteRow, type SqliteTable } from './sqlite';

/**
 * Opens a bag of ROS 2 in SQLite: tables topics and messages (formats.md section 8). Messages come in the order they
 * were written.
 * @throws SpikeBridgeError (data) for other databases.
 */
export async function openDb3Log(source: ByteSource, warnings: WarningLog): Promise<MessageLog> {
  const file = await SqliteFile.open(source);
  const tables = await file.tables();
  const topics = tables.find(({ name }) => name === 'topics');
  const messages = tables.find(({ name }) => name === 'messages');
  if (!topics || !messages) {
    throw otherDatabase(source, tables);
  }
  const definitions = await readDefinitions(file, tables);
  return {
    topics: await readTopics(file, topics, definitions),
    start: 0,
    messages: (topic) => db3Messages(source, messages, topic, warnings),
    properties: [['tables', tables.map(({ name }) => name).join(', ')]],
  };
}

function otherDatabase(source: ByteSource, tables: readonly SqliteTable[]): SpikeBridgeError {
  return new SpikeBridgeError(
    'data',
    `this SQLite database is no ROS 2 bag: its tables are ${tables.map(({ name }) => name).join(', ') || 'none'}`,
    'Open the .db3 file of a bag recorded with ros2 bag record.',
    { file: source.name },
  );
}

/** Values of a row by the names of its columns. */
function named({ columns }: SqliteTable, { values, id }: SqliteRow) {
  return (name: string) => {
    const value = values[columns.indexOf(name)];
    // A primary key of integers is the row's id and is stored there only.
    return name === 'id' ? (value ?? id) : value;
  };
}

async function* rowsOf(file: SqliteFile, table: SqliteTable): AsyncGenerator<SqliteRow> {
  for (let row = await file.rowFrom(table, 0); row; row = await file.rowFrom(table, row.id + 1)) {
    yield row;
  }
}

/** Definitions by type name, which bags carry since ROS 2 Iron. */
async function readDefinitions(
  file: SqliteFile,
  tables: readonly SqliteTable[],
): Promise<Map<string, string>> {
  const definitions = new Map<string, string>();
  const table = tables.find(({ name }) => name === 'message_definitions');
  if (table) {
    for await (const row of rowsOf(file, table)) {
      const value = named(table, row);
      if (value('encoding') === 'ros2msg') {
        definitions.set(
          shortName(String(value('topic_type'))),
          String(value('encoded_message_definition') ?? ''),
        );
      }
    }
  }
  return definitions;
}

async function readTopics(
  file: SqliteFile,
  table: SqliteTable,
  definitions: ReadonlyMap<string, string>,
): Promise<RosTopic[]> {
  const topics: RosTopic[] = [];
  for await (const row of rowsOf(file, table)) {
    const value = named(table, row);
    const type = shortName(String(value('type') ?? ''));
    topics.push({
      id: Number(value('id')),
      name: String(value('name') ?? ''),
      type,
      encoding: value('serialization_format') === 'ros1' ? 'ros1' : 'cdr',
      definition: definitions.get(type) ?? '',
    });
  }
  return topics;
}

function db3Messages(
  source: ByteSource,
  table: SqliteTable,
  topic: RosTopic,
  warnings: WarningLog,
): ReadMessage {
  const opening = SqliteFile.open(source);
  return async (place) => {
    const file = await opening;
    try {
      for (
        let row = await file.rowFrom(table, Number(place));
        row;
        row = await file.rowFrom(table, row.id + 1)
      ) {
        const value = named(table, row);
        const data = value('data');
        if (Number(value('topic_id')) === topic.id && data instanceof Uint8Array) {
          const { byteOffset, id } = row;
          return {
            data: await unpackedMessage(data),
            next: id + 1,
            byteOffset,
            progress: byteOffset / source.size,
          };
        }
      }
    } catch (error) {
      // What a broken database has in front of the damage was given out.
      const { message } = error as Error;
      const byteOffset = error instanceof SpikeBridgeError ? error.place.byteOffset : undefined;
      warnings.add(`the messages cannot be read on (${message})`, byteOffset);
    }
    return undefined;
  };
}
