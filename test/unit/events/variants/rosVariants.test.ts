import * as zstd from '@foxglove/wasm-zstd';
import {
  chunkContent,
  chunklessBag,
  db3File,
  mcapFile,
  OLDEST_TYPE,
  PROPHESEE_TYPE,
  packedBag,
  unindexedBag,
} from '../../../tools/containers/rosFile';
import { realisticEvents } from './realisticEvents';
import { describeVariants } from './variant';

const ROWS = realisticEvents(1_000_000);
const FEW = ROWS.slice(0, 3);

/** chunkContent(FEW), packed by bzip2: this repository has no packer. */
const BZ2_CHUNK = [
  'QlpoOTFBWSZTWb3HAEgAAEb/+3y6IEBB0P/+Y8ZICr/n/+BAAAQAAAQgAAEAQAAwARoQNEKeiT09U2iaeUZqZPU/VGQxGTNEYQe1',
  'GFDmBMTQYTJkyZGEwTTTIxMAQwCSSm0TymmKeU9IMmhoAAAAABtTXW04prcD5mGiaESikqwwRBhmSZhN7fv88eAmnG1BVeTq1Cqv',
  '6vq7jJDJK91HwD++XNdNdQQwB/Xxcv35neWaNYzsgadohEDG2bU66JiQw0lMk7Y6L74nVY+UO3cRcu0heEQimMQgrC5+rOUzgxIf',
  'FkJcHuUAkLsGBJJlXclT/RslxKpEJHHAKMRK6xPFaosjvvNiVhyIyvh5uBWoFIknrcIvuzWWX0WvKKS26MqyZ/NF7DJcSY6FS5sC',
  'GmJXjEXIZDp72yYoE5ZMcbFcQqqmozuViNJFsJ0RcZcuSFuNkoLHKWYmJHxYkkHofmuWFQRAwNW6FzEKv8XckU4UJC9xwBIA',
].join('');

async function packZstd(): Promise<(bytes: Uint8Array) => Uint8Array> {
  await zstd.isLoaded;
  return (bytes) => new Uint8Array(zstd.compress(bytes));
}

describeVariants('ROS 1 bags', [
  { name: 'chunks that are not compressed', rows: ROWS, bytes: () => unindexedBag(ROWS, 'none') },
  { name: 'LZ4 chunks', rows: ROWS, bytes: () => unindexedBag(ROWS, 'lz4') },
  {
    name: 'bzip2 chunks',
    rows: FEW,
    bytes: () => packedBag(new Uint8Array(Buffer.from(BZ2_CHUNK, 'base64')), 'bz2', chunkContent(FEW).length),
  },
  { name: 'messages outside of chunks', rows: ROWS, bytes: () => chunklessBag(ROWS) },
  { name: 'prophesee_event_msgs', rows: ROWS, bytes: () => chunklessBag(ROWS, PROPHESEE_TYPE) },
  { name: 'the oldest dvs_msgs with whole times', rows: ROWS, bytes: () => chunklessBag(ROWS, OLDEST_TYPE) },
  {
    name: 'version 1.2 by name',
    refused: /ROS bag of another version/,
    bytes: () => new TextEncoder().encode('#ROSBAG V1.2\n----'),
  },
]);

describeVariants('ROS 2 bags', [
  {
    name: 'db3 with messages compressed by zstd',
    rows: ROWS,
    bytes: async () => db3File(ROWS, 'mono', await packZstd()),
  },
  {
    name: 'MCAP without chunks',
    rows: ROWS,
    bytes: () => mcapFile(ROWS, 'mono', false, { useChunks: false }),
  },
  {
    name: 'MCAP with zstd chunks',
    rows: ROWS,
    bytes: async () => {
      const pack = await packZstd();
      return mcapFile(ROWS, 'libcaer', false, {
        compressChunk: (bytes) => ({ compression: 'zstd', compressedData: pack(bytes.slice()) }),
      });
    },
  },
  {
    name: 'MCAP with messages compressed by zstd',
    rows: ROWS,
    bytes: async () => mcapFile(ROWS, 'mono', false, { packMessage: await packZstd() }),
  },
  {
    name: 'MCAP with a message that is no whole zstd frame',
    rows: [],
    warning: /a message is damaged/,
    bytes: async () => {
      const pack = await packZstd();
      return mcapFile(FEW, 'mono', false, { packMessage: (message) => pack(message).subarray(0, 9) });
    },
  },
  {
    name: 'MCAP whose summary repeats no channels',
    rows: ROWS,
    bytes: () => mcapFile(ROWS, 'mono', true, { repeatChannels: false }),
  },
  {
    name: 'MCAP whose summary repeats no schemas',
    rows: ROWS,
    bytes: () => mcapFile(ROWS, 'mono', true, { repeatSchemas: false }),
  },
  {
    name: 'a db3 that was compressed as a whole',
    refused: /zstd archive/,
    bytes: async () => (await packZstd())(db3File(FEW, 'mono')),
  },
]);
