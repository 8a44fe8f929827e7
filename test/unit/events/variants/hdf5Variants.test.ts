import { gunzipSync } from 'node:zlib';
import type { Group } from 'h5wasm';
import type { SensorSize } from '../../../../engine/events/eventBatch';
import { dsecFile, hdf5Bytes, mvsecFile } from '../../../tools/containers/hdf5File';
import type { EventRow } from '../../../tools/recordings';
import { realisticEvents } from './realisticEvents';
import { describeVariants, joined, type Variant } from './variant';

const ROWS = realisticEvents(1_000_000);
const of = (index: number) => ROWS.map((row) => row[index]!);
const seconds = Float64Array.from(of(0), (t) => t / 1e6);
const micros = BigInt64Array.from(of(0), BigInt);
const x = Uint16Array.from(of(1));
const y = Uint16Array.from(of(2));
const p = Uint8Array.from(of(3));
const signs = Int8Array.from(of(3), (each) => each * 2 - 1);

type Data =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Uint32Array
  | Uint16Array
  | Uint8Array
  | Int8Array;

/** @param datasets by path; groups are made as they are needed. */
function columns(
  name: string,
  datasets: Readonly<Record<string, Data>>,
  more: Partial<Variant> = {},
): Variant {
  return {
    name,
    rows: ROWS,
    bytes: () =>
      hdf5Bytes((file) => {
        for (const [path, data] of Object.entries(datasets)) {
          const groups = path.split('/').slice(0, -1);
          groups.forEach((_, index) => {
            const group = groups.slice(0, index + 1).join('/');
            if (!file.get(group)) {
              file.create_group(group);
            }
          });
          file.create_dataset({ name: path, data });
        }
      }),
    ...more,
  };
}

function matrix(
  name: string,
  path: string,
  row: (row: EventRow) => number[],
  more: Partial<Variant> = {},
): Variant {
  return {
    name,
    rows: ROWS,
    bytes: () =>
      hdf5Bytes((file) => {
        file.create_dataset({
          name: path,
          data: Float64Array.from(ROWS.flatMap(row)),
          shape: [ROWS.length, 4],
        });
      }),
    ...more,
  };
}

/** Numbers with their bytes turned round. */
function swapped<Numbers extends BigInt64Array | Uint16Array>(numbers: Numbers): Numbers {
  const turned = numbers.slice() as Numbers;
  const bytes = new Uint8Array(turned.buffer);
  for (let start = 0; start < bytes.length; start += numbers.BYTES_PER_ELEMENT) {
    bytes.subarray(start, start + numbers.BYTES_PER_ELEMENT).reverse();
  }
  return turned;
}

/** Type messages of integers of two and eight bytes; the lowest bit of the second byte tells the order. */
const INTEGER_TYPES = [
  [0x10, 0x00, 0, 0, 2, 0, 0, 0, 0, 0, 16, 0],
  [0x10, 0x08, 0, 0, 8, 0, 0, 0, 0, 0, 64, 0],
];

/** A file of little-endian integers that says they are big-endian. */
function calledBigEndian(bytes: Uint8Array): Uint8Array {
  const file = Buffer.from(bytes);
  for (const type of INTEGER_TYPES.map((each) => Buffer.from(each))) {
    for (let at = file.indexOf(type); at >= 0; at = file.indexOf(type, at + 1)) {
      file[at + 1] = file[at + 1]! | 1;
    }
  }
  return file;
}

async function bigEndianFile(): Promise<Uint8Array> {
  const data = { t: swapped(micros), x: swapped(x), y: swapped(y), p };
  const bytes = await hdf5Bytes((file) => {
    for (const [name, numbers] of Object.entries(data)) {
      file.create_dataset({ name, data: numbers });
    }
  }, true);
  return calledBigEndian(bytes);
}

/** Columns with attributes of their group or numbers beside them. */
function withSize(name: string, fill: (group: Group) => void, size: SensorSize): Variant {
  return {
    name,
    rows: ROWS,
    size,
    bytes: () =>
      hdf5Bytes((file) => {
        const group = file.create_group('events') as Group;
        for (const [role, data] of Object.entries({ t: micros, x, y, p })) {
          group.create_dataset({ name: role, data });
        }
        fill(group);
      }),
  };
}

const SMALL_ROWS: readonly EventRow[] = [
  [10, 1, 3, 1],
  [20, 345, 4, 0],
  [20, 7, 259, 1],
  [35, 9, 5, 1],
  [50, 2, 0, 0],
];

/** Files of h5py, packed by gzip: the library here writes none such. */
const packed = (parts: readonly string[]) =>
  new Uint8Array(gunzipSync(Buffer.from(parts.join(''), 'base64')));

/** SMALL_ROWS as 5 x 4 numbers in chunks of 3 x 1, compressed by LZF. */
const NARROW_CHUNKS = [
  'H4sIAAAAAAACA+v0cHHj5ZLiYgABDg4GFgYBBmTwHwocBVD5MPkEKM0IpTug9AommDgjWE4CKi4INR9dXUiQqytI9X80ALPHgAVC',
  'czCMgpEIPFwdA0B0BJQPS6UnmFDVpZal5pUUI9KjB4X2MjKwQcxihPE1IDQTRIAVqg6aPDH4zMCUD1IpqGAPTbsODCbcDCb/mWHq',
  'OcDyTMwQA7mB5oMYjDAP1ILkmRlyqtLg5rIyIvITB5TFzMRcwQqzEuJaDuqEACoI9vN3AeVoWD5UYB5Nm+QAUHkHCkX08k6YgL4N',
  '/BBaFCOdooLDUHUiaOJo2YXhBj9qfmJgQCQiZPAGzTxc0f6HH1bOo6pDd5+AAKq9zDjcp4hDHbr9hmgeYENTN1pvjIJRMApGwSgY',
  'BaNgqAJGUAeCUcXBgRXYUjJZwM5o4gAR+mDvwMrMMKHUIYGdiUEGKsgBUSfQwM5kUICk8AEjiAbyFRiYGhwdFFgVGBg8gYbBzFcC',
  '6lNgQBIQcYBogvFhhjAwAADGOl/WQRAAAA==',
];

/** SMALL_ROWS as a compound of big-endian numbers. */
const BIG_ENDIAN_COMPOUND = [
  'H4sIAAAAAAACA+v0cHHj5ZLiYgABDg4GFgYBBmTwHwrcOFD5MPkEKM0IpTug9AommDgjWE4CKi4INR9dXUiQqytI9X80ALeHBUJz',
  'MIyCkQg8XB0DQHQElA9LpSeYUNWllqXmlRQj0qMHhfYyAnMEyCwDRhgfkpIZGSECrFB1MJqZ4QZYvRgwvfIB6Qoi7REAamKC+qwS',
  'KsZEgp4CqBgLIT2cCD0lUDE2IvRA8p0D0J8cYP8xMTExQvIjJDyYGWFZ0w1Fb7CfvwuoBIDlWwXm0bQ8CkbBoAGMwCILVlhyMUYi',
  'FSAiDOyMCDkRBk5g5ofxlFEKJyMAXD1AwUYIAAA=',
];

/** SMALL_ROWS as a compound whose x and t are big-endian, y and p little-endian. */
const MIXED_COMPOUND = [
  'H4sIAAAAAAACA+v0cHHj5ZLiYgABDg4GFgYBBmTwHwocOVD5MPkEKM0IpTug9AommDgjWE4CKi4INR9dXUiQqytI9X80ALeHBUJz',
  'MIyCkQg8XB0DQHQElA9LpSeYUNWllqXmlRQj0qMHhfYyAnMEyCwDRhgfkpIZGSECrFB1MJqZ4QZYvRgwvfIC6Qoi7REAamKC+qwS',
  'KsZESA8DQk8BVIyFCD2M0JxUguZ2nHo4YfnOAaiWA6yfiYmJEWIKJDyYGWFZ0xFFb7CfvwuoBIDlWwXm0bQ8CkbBoAGMzPCykosx',
  'ElF8iDCwMzMywjmcrHBlysgFkxEAfQiFrkEIAAA=',
];

const SIZE: SensorSize = { width: 346, height: 260 };
const pair = (name: string, one: number, other: number) => (group: Group) =>
  group.create_attribute(name, Int32Array.of(one, other));

describeVariants('HDF5', [
  { name: 'big-endian integers', bytes: bigEndianFile, rows: ROWS },
  { name: 'a compound of big-endian numbers', rows: SMALL_ROWS, bytes: () => packed(BIG_ENDIAN_COMPOUND) },
  { name: 'a compound of both orders', rows: SMALL_ROWS, bytes: () => packed(MIXED_COMPOUND) },
  {
    name: 'N x 4 in chunks of one column that the library does not unpack',
    rows: SMALL_ROWS,
    options: { columns: 'txyp' },
    bytes: () => packed(NARROW_CHUNKS),
  },
  withSize('sensor_resolution as height and width', pair('sensor_resolution', 260, 346), SIZE),
  withSize('sensor_resolution as width and height', pair('sensor_resolution', 346, 260), SIZE),
  withSize('resolution of a group', pair('resolution', 346, 260), SIZE),
  withSize(
    'width and height as numbers beside the columns',
    (group) => {
      group.create_dataset({ name: 'height', data: Int32Array.of(260), shape: [] });
      group.create_dataset({ name: 'width', data: Int32Array.of(346), shape: [] });
    },
    SIZE,
  ),
  columns(
    'columns without rows',
    {
      'events/t': micros.slice(0, 0),
      'events/x': x.slice(0, 0),
      'events/y': y.slice(0, 0),
      'events/p': p.slice(0, 0),
    },
    { rows: [] },
  ),
  { name: 'DSEC', bytes: () => dsecFile(ROWS), rows: ROWS, size: { width: 640, height: 480 } },
  columns('DSEC without ms_to_idx and t_offset', {
    'events/p': p,
    'events/t': Uint32Array.from(of(0)),
    'events/x': x,
    'events/y': y,
  }),
  columns('DSEC with t_offset alone', {
    'events/p': p,
    'events/t': Uint32Array.from(of(0), (t) => t - 1_000_000),
    'events/x': x,
    'events/y': y,
    t_offset: BigInt64Array.of(1_000_000n),
  }),
  columns('M3ED: prophesee/left', {
    'prophesee/left/p': p,
    'prophesee/left/t': micros,
    'prophesee/left/x': x,
    'prophesee/left/y': y,
    'prophesee/left/ms_map_idx': BigUint64Array.of(0n),
  }),
  { name: 'MVSEC', bytes: () => mvsecFile(ROWS), rows: ROWS, size: { width: 346, height: 260 } },
  {
    name: 'the right camera of MVSEC',
    bytes: () => mvsecFile(ROWS),
    rows: ROWS,
    options: { stream: 'davis/right/events' },
  },
  columns('event_utils: events/ts, xs, ys, ps in seconds', {
    'events/ts': seconds,
    'events/xs': x,
    'events/ys': y,
    'events/ps': p,
  }),
  columns('columns at the root', { t: micros, x, y, p }),
  columns('polarity -1 and 1', { 'events/t': micros, 'events/x': x, 'events/y': y, 'events/p': signs }),
  columns('BS-ERGB and ECD names: timestamps, polarities', {
    'events/timestamps': micros,
    'events/x': x,
    'events/y': y,
    'events/polarities': p,
  }),
  columns('TUM-VIE: events in µs with ms_to_idx inside', {
    'events/t': micros,
    'events/x': x,
    'events/y': y,
    'events/p': p,
    'events/ms_to_idx': BigUint64Array.of(0n),
  }),
  columns('event_t, event_x … (EvAC3D, HS-ERGB)', { event_t: micros, event_x: x, event_y: y, event_p: p }),
  columns(
    'Unix times in ns',
    {
      'events/t': BigInt64Array.from(of(0), (t) => BigInt(t + 1_600_000_000_000_000) * 1000n),
      'events/x': x,
      'events/y': y,
      'events/p': p,
    },
    { rows: ROWS.map(([t, ...rest]): EventRow => [t + 1_600_000_000_000_000, ...rest]) },
  ),
  matrix('N x 4 in the order t, x, y, p (µs)', 'events', (row) => [...row]),
  matrix('N x 4 in the order x, y, t, p (s)', 'events', ([t, ...rest]) => [
    rest[0],
    rest[1],
    t / 1e6,
    rest[2] * 2 - 1,
  ]),
  matrix('a matrix of another name', 'data', (row) => [...row]),
  {
    name: 'a user block in front (MATLAB 7.3)',
    rows: ROWS,
    bytes: async () => joined(new Uint8Array(512), await dsecFile(ROWS)),
  },
  {
    name: 'frames alone',
    refused: /holds no events: \/frames/,
    bytes: () =>
      hdf5Bytes(
        (file) => void file.create_dataset({ name: 'frames', data: new Float32Array(60), shape: [5, 3, 4] }),
      ),
  },
  {
    name: 'SHD and SSC: spikes of audio',
    refused: /holds no events/,
    bytes: () =>
      hdf5Bytes((file) => {
        file.create_group('spikes');
        file.create_dataset({ name: 'spikes/times', data: seconds });
        file.create_dataset({ name: 'spikes/units', data: x });
        file.create_dataset({ name: 'labels', data: p });
      }),
  },
]);
