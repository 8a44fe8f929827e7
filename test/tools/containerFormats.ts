import type { FormatId } from '../../engine/events/formats';
import { encodeAedat4 } from './containers/aedat4File';
import { dsecFile, mvsecFile } from './containers/hdf5File';
import { matColumns, matStruct } from './containers/matFile';
import { matrixNpy, npzFile, structuredNpy } from './containers/numpyFile';
import { db3File, mcapFile, unindexedBag } from './containers/rosFile';
import type { EventRow } from './recordings';

/** A container of events, with an encoder written for the tests. */
export interface ContainerFormat {
  readonly name: string;
  readonly format: FormatId;
  readonly encode: (rows: readonly EventRow[]) => Uint8Array | Promise<Uint8Array>;
  /** A file that is cut gives the events before the cut (else it is refused with a reason). */
  readonly survivesCut: boolean;
  /** It has an index of its own, or rows that can be searched. */
  readonly canSeek: boolean;
}

const AEDAT4 = { rowsPerPacket: 700, width: 640, height: 480 } as const;

function textOf(line: (row: EventRow) => string, head = '') {
  return (rows: readonly EventRow[]) =>
    new TextEncoder().encode(head + rows.map((row) => `${line(row)}\n`).join(''));
}

function seconds(t: number): string {
  return `${Math.floor(t / 1e6)}.${String(t % 1e6).padStart(6, '0')}000`;
}

export const CONTAINER_FORMATS: readonly ContainerFormat[] = [
  {
    name: 'AEDAT4 without compression and table',
    format: 'aedat4',
    encode: (rows) => encodeAedat4(rows, { ...AEDAT4, compression: 'none', withTable: false }),
    survivesCut: true,
    canSeek: false,
  },
  {
    name: 'AEDAT4 with LZ4',
    format: 'aedat4',
    encode: (rows) => encodeAedat4(rows, { ...AEDAT4, compression: 'LZ4', withTable: true }),
    survivesCut: true,
    canSeek: true,
  },
  {
    name: 'AEDAT4 with zstd',
    format: 'aedat4',
    encode: (rows) => encodeAedat4(rows, { ...AEDAT4, compression: 'ZSTD', withTable: true }),
    survivesCut: true,
    canSeek: true,
  },
  { name: 'NPY structured', format: 'npy', encode: structuredNpy, survivesCut: true, canSeek: true },
  { name: 'NPY N x 4', format: 'npy', encode: matrixNpy, survivesCut: true, canSeek: true },
  {
    name: 'NPZ stored',
    format: 'npz',
    encode: (rows) => npzFile(rows, 0),
    survivesCut: false,
    canSeek: true,
  },
  {
    name: 'NPZ deflated',
    format: 'npz',
    encode: (rows) => npzFile(rows, 6),
    survivesCut: false,
    canSeek: false,
  },
  {
    name: 'text t x y p in seconds',
    format: 'text',
    encode: textOf(([t, x, y, p]) => `${seconds(t)} ${x} ${y} ${p}`),
    survivesCut: true,
    canSeek: true,
  },
  {
    name: 'text with names and geometry',
    format: 'text',
    encode: textOf(([t, x, y, p]) => `${x},${y},${p},${t}`, '%geometry:640,480\nx,y,polarity,timestamp\n'),
    survivesCut: true,
    canSeek: true,
  },
  {
    name: 'MATLAB columns',
    format: 'mat',
    encode: (rows) => matColumns(rows, false),
    survivesCut: false,
    canSeek: true,
  },
  {
    name: 'MATLAB compressed columns',
    format: 'mat',
    encode: (rows) => matColumns(rows, true),
    survivesCut: false,
    canSeek: false,
  },
  { name: 'MATLAB struct', format: 'mat', encode: matStruct, survivesCut: false, canSeek: false },
  { name: 'HDF5 of DSEC', format: 'hdf5', encode: dsecFile, survivesCut: false, canSeek: true },
  {
    name: 'HDF5 of MVSEC',
    format: 'hdf5',
    encode: (rows) => mvsecFile(rows),
    survivesCut: false,
    canSeek: true,
  },
  {
    name: 'ROS 1 bag',
    format: 'rosbag',
    encode: (rows) => unindexedBag(rows, 'none'),
    survivesCut: true,
    canSeek: false,
  },
  {
    name: 'ROS 1 bag with LZ4',
    format: 'rosbag',
    encode: (rows) => unindexedBag(rows, 'lz4'),
    survivesCut: false,
    canSeek: false,
  },
  {
    name: 'ROS 2 bag (SQLite), mono',
    format: 'db3',
    encode: (rows) => db3File(rows, 'mono'),
    survivesCut: false,
    canSeek: false,
  },
  {
    name: 'ROS 2 bag (SQLite), libcaer_cmp',
    format: 'db3',
    encode: (rows) => db3File(rows, 'libcaer_cmp'),
    survivesCut: false,
    canSeek: false,
  },
  {
    name: 'ROS 2 bag (MCAP), libcaer',
    format: 'mcap',
    encode: (rows) => mcapFile(rows, 'libcaer', false),
    survivesCut: true,
    canSeek: false,
  },
  {
    name: 'ROS 2 bag (MCAP) with LZ4, mono',
    format: 'mcap',
    encode: (rows) => mcapFile(rows, 'mono', true),
    survivesCut: false,
    canSeek: false,
  },
];

/** Events in time order on 640 x 480 pixels, without randomness; times are unlike any other column. */
export function sampleEvents(count: number): EventRow[] {
  return Array.from({ length: count }, (_, index) => [
    1_000_003 + 5 * index,
    (index * 7) % 640,
    (index >> 3) % 480,
    (index >> 2) & 1,
  ]);
}
