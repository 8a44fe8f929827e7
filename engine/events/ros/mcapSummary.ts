import { McapIndexedReader } from '@mcap/core';
import type { ByteSource } from '../byteSource';
import type { ChannelRecord, SchemaRecord } from './mcapRecord';

const MOST_READ_BYTES = 2 ** 28;

/** Channels and schemas of a file, with the number of messages where its statistics tell. */
export interface McapSummary {
  readonly channels: ReadonlyMap<number, ChannelRecord>;
  readonly schemas: ReadonlyMap<number, SchemaRecord>;
  readonly messages: ReadonlyMap<number, number> | undefined;
}

/** The summary at the file's end; undefined where there is none that can be read. */
export async function readMcapSummary(
  source: ByteSource,
  unpackers: ReadonlyMap<string, (bytes: Uint8Array) => Uint8Array>,
): Promise<McapSummary | undefined> {
  const read = async (offset: bigint, size: bigint) => {
    if (size > MOST_READ_BYTES) {
      throw new RangeError(`a summary of ${size} bytes`);
    }
    return (await source.read(Number(offset), Number(size))).slice();
  };
  try {
    const reader = await McapIndexedReader.Initialize({
      readable: { size: async () => BigInt(source.size), read },
      decompressHandlers: Object.fromEntries(unpackers),
    });
    const channels = [...reader.channelsById.values()].map((channel) => [channel.id, channel] as const);
    const schemas = [...reader.schemasById.values()].map(
      ({ id, name, encoding, data }) =>
        [id, { id, name, encoding, text: new TextDecoder().decode(data) }] as const,
    );
    const counts = reader.statistics?.channelMessageCounts;
    return {
      channels: new Map(channels),
      schemas: new Map(schemas),
      messages: counts && new Map([...counts].map(([id, count]) => [id, Number(count)])),
    };
  } catch {
    // Unfinished files have no summary; they are walked instead.
    return undefined;
  }
}
