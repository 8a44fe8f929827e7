import { gzipSync, zipSync } from 'fflate';
import { ByteWriter } from '../../../tools/containers/bytes';
import { npyFile } from '../../../tools/containers/numpyFile';
import type { EventRow } from '../../../tools/recordings';
import { realisticEvents } from './realisticEvents';
import { describeVariants, type Variant } from './variant';

const ROWS = realisticEvents(1_000_000);
const EPOCH_ROWS = ROWS.map(([t, x, y, p]): EventRow => [t + 1_600_000_000_000_000, x, y, p]);
/** Times cut to whole milliseconds. */
/** A hand that moves over 24 pixels: each sends again after 12 ms. */
const GESTURE_ROWS = Array.from({ length: 6000 }, (_, index): EventRow => {
  const pixel = (index * 7) % 240;
  return [Math.floor(index / 20) * 1000, pixel % 24, 40 + Math.floor(pixel / 24), index % 3 === 0 ? 1 : 0];
});
const MS_ROWS = ROWS.map(([t, x, y, p]): EventRow => [Math.floor(t / 1000) * 1000, x, y, p]);

type Put = (writer: ByteWriter, row: EventRow) => void;

const f64 = (value: number) => new Uint8Array(Float64Array.of(value).buffer);

function structured(name: string, description: string, put: Put, more: Partial<Variant> = {}): Variant {
  const { rows = ROWS } = more;
  return {
    name,
    rows,
    bytes: () => {
      const writer = new ByteWriter();
      for (const row of rows) {
        put(writer, row);
      }
      return npyFile(description, `(${rows.length},)`, writer.done());
    },
    ...more,
  };
}

/** @param row values of one event in column order. */
function matrix(
  name: string,
  type: '<f4' | '<f8' | '<i8' | '<i4' | '<i2',
  row: (row: EventRow) => number[],
  more: Partial<Variant> = {},
): Variant {
  const { rows = ROWS } = more;
  const arrays = {
    '<f4': (values: number[]) => Float32Array.from(values),
    '<f8': (values: number[]) => Float64Array.from(values),
    '<i8': (values: number[]) => BigInt64Array.from(values, BigInt),
    '<i4': (values: number[]) => Int32Array.from(values),
    '<i2': (values: number[]) => Int16Array.from(values),
  };
  return {
    name,
    rows,
    bytes: () => {
      const values = arrays[type](rows.flatMap(row));
      return npyFile(`'${type}'`, `(${rows.length}, ${row(rows[0]!).length})`, new Uint8Array(values.buffer));
    },
    ...more,
  };
}

describeVariants('NPY', [
  {
    name: 'N x 4 column by column (Fortran order)',
    rows: ROWS,
    bytes: () => {
      const values = Int32Array.from([0, 1, 2, 3].flatMap((column) => ROWS.map((row) => row[column]!)));
      return npyFile("'<i4'", `(${ROWS.length}, 4)`, new Uint8Array(values.buffer), 1, true);
    },
  },
  {
    name: 'version 3 with names in UTF-8',
    rows: ROWS,
    bytes: () => {
      const writer = new ByteWriter();
      for (const [t, x, y, p] of ROWS) {
        writer.u16(x).u16(y).u8(p).u32(t);
      }
      return npyFile(
        "[('x', '<u2'), ('y', '<u2'), ('p', '|u1'), ('t', '<u4')]",
        `(${ROWS.length},)`,
        writer.done(),
        3,
      );
    },
  },
  structured(
    'expelliarmus: t i8, x i2, y i2, p u1',
    "[('t', '<i8'), ('x', '<i2'), ('y', '<i2'), ('p', '|u1')]",
    (w, [t, x, y, p]) => w.u64(t).u16(x).u16(y).u8(p),
  ),
  structured(
    'tonic: x, y, t, p',
    "[('x', '<i2'), ('y', '<i2'), ('t', '<i8'), ('p', '|b1')]",
    (w, [t, x, y, p]) => w.u16(x).u16(y).u64(t).u8(p),
  ),
  structured(
    'Metavision: x, y, p i2, t i8',
    "[('x', '<u2'), ('y', '<u2'), ('p', '<i2'), ('t', '<i8')]",
    (w, [t, x, y, p]) => w.u16(x).u16(y).u16(p).u64(t),
  ),
  structured(
    'Metavision with padding by offsets',
    "{'names':['x','y','p','t'], 'formats':['<u2','<u2','<i2','<i8'], 'offsets':[0,2,4,8], 'itemsize':16}",
    (w, [t, x, y, p]) => w.u16(x).u16(y).u16(p).u16(0).u64(t),
  ),
  structured(
    'event_stream: t u8, on',
    "[('t', '<u8'), ('x', '<u2'), ('y', '<u2'), ('on', '?')]",
    (w, [t, x, y, p]) => w.u64(t).u16(x).u16(y).u8(p),
  ),
  structured(
    'dv-processing: timestamp, x, y, polarity',
    "[('timestamp', '<i8'), ('x', '<i2'), ('y', '<i2'), ('polarity', '|i1'), ('_p1', '<i2'), ('_p2', '|i1')]",
    (w, [t, x, y, p]) => w.u64(t).u16(x).u16(y).u8(p).u16(0).u8(0),
  ),
  structured(
    'ts and pol',
    "[('ts', '<u4'), ('x', '|u1'), ('y', '|u1'), ('pol', '|i1')]",
    (w, [t, x, y, p]) =>
      w
        .u32(t)
        .u8(x)
        .u8(y)
        .u8(p * 2 - 1),
    { rows: ROWS.filter(([, x]) => x < 256) },
  ),
  structured(
    'polarity -1 and 1 as i1',
    "[('t', '<i8'), ('x', '<i2'), ('y', '<i2'), ('p', '|i1')]",
    (w, [t, x, y, p]) =>
      w
        .u64(t)
        .u16(x)
        .u16(y)
        .u8(p * 2 - 1),
  ),
  structured(
    't in seconds as f8',
    "[('t', '<f8'), ('x', '<i2'), ('y', '<i2'), ('p', '|b1')]",
    (w, [t, x, y, p]) =>
      w
        .bytes(f64(t / 1e6))
        .u16(x)
        .u16(y)
        .u8(p),
  ),
  structured(
    'Unix times in ns',
    "[('t', '<i8'), ('x', '<i2'), ('y', '<i2'), ('p', '|b1')]",
    (w, [t, x, y, p]) =>
      w
        .u64(BigInt(t) * 1000n)
        .u16(x)
        .u16(y)
        .u8(p),
    { rows: EPOCH_ROWS },
  ),
  structured(
    'big-endian numbers',
    "[('t', '>u4'), ('x', '>u2'), ('y', '>u2'), ('p', '|u1')]",
    (w, [t, x, y, p]) =>
      w.bytes([t >>> 24, (t >> 16) & 255, (t >> 8) & 255, t & 255, x >> 8, x & 255, y >> 8, y & 255, p]),
  ),
  matrix('EST: x, y, t in s, p -1 and 1 as f8', '<f8', ([t, x, y, p]) => [x, y, t / 1e6, p * 2 - 1]),
  matrix('EST as f4', '<f4', ([t, x, y, p]) => [x, y, t / 1e6, p * 2 - 1], { rows: ROWS.slice(0, 1500) }),
  { name: 'N x 4 without rows', rows: [], bytes: () => npyFile("'<f8'", '(0, 4)', new Uint8Array(0)) },
  matrix('t, x, y, p as i8', '<i8', (row) => [...row]),
  matrix('t, x, y, p as f8 in s', '<f8', ([t, x, y, p]) => [t / 1e6, x, y, p]),
  matrix(
    'x, y, p, t in ms (DVS128 Gesture of tonic) as the user says',
    '<i4',
    ([t, x, y, p]) => [x, y, p, t / 1000],
    { rows: MS_ROWS, options: { timeUnit: 'ms' } },
  ),
  matrix(
    'x, y, p, t in ms (DVS128 Gesture of tonic), told by how soon pixels repeat',
    '<f8',
    ([t, x, y, p]) => [x, y, p, t / 1000],
    { rows: GESTURE_ROWS },
  ),
  matrix('a burst in µs that is as fast, of pixels that do not repeat', '<f8', (row) => [...row], {
    rows: GESTURE_ROWS.map(
      ([t, , , p], index): EventRow => [t / 1000, (index * 37) % 320, (index * 91) % 239, p],
    ),
  }),
  {
    ...matrix('4 x N', '<i4', (row) => [...row]),
    bytes: () =>
      npyFile(
        "'<i4'",
        `(4, ${ROWS.length})`,
        new Uint8Array(
          Int32Array.from([0, 1, 2, 3].flatMap((column) => ROWS.map((row) => row[column]!))).buffer,
        ),
      ),
  },
  {
    name: 'objects (pickled dict)',
    refused: /pickled/,
    bytes: () => npyFile("'|O'", '()', new Uint8Array(40)),
  },
  {
    name: 'boxes of the automotive data sets',
    refused: /bounding boxes/,
    bytes: () =>
      npyFile(
        "[('ts', '<u8'), ('x', '<f4'), ('y', '<f4'), ('w', '<f4'), ('h', '<f4'), ('class_id', '|u1'), ('confidence', '<f4'), ('track_id', '<u4')]",
        '(2,)',
        new Uint8Array(2 * 33),
      ),
  },
  {
    name: 'pixels that are none, which are left out with a warning',
    bytes: () => {
      const writer = new ByteWriter();
      for (const [t, x, y, p] of [
        [1, 5, 6, 1],
        [2, -1, 4, 0],
        [3, 3, Number.NaN, 1],
        [4, 70_000, 2, 1],
        [5, 7, 65_535, 0],
      ] as const) {
        writer.u32(t).bytes(f64(x)).bytes(f64(y)).u8(p);
      }
      return npyFile("[('t', '<u4'), ('x', '<f8'), ('y', '<f8'), ('p', '|u1')]", '(5,)', writer.done());
    },
    rows: [
      [1, 5, 6, 1],
      [5, 7, 65_535, 0],
    ],
    warning: /impossible times or pixels/,
  },
  {
    name: 'frames T x 2 x H x W',
    refused: /no list of events/,
    bytes: () => npyFile("'<f4'", '(5, 2, 8, 8)', new Uint8Array(5 * 2 * 64 * 4)),
  },
]);

const column = (type: string, values: ArrayBufferView, count = ROWS.length) =>
  npyFile(`'${type}'`, `(${count},)`, new Uint8Array(values.buffer));
const of = (index: number) => ROWS.map((row) => row[index]!);

function npz(name: string, members: () => Record<string, Uint8Array>, more: Partial<Variant> = {}): Variant {
  return { name, rows: ROWS, bytes: () => zipSync(members(), { level: 6 }), ...more };
}

describeVariants('NPZ', [
  npz('SpikingJelly: t, x, y, p', () => ({
    't.npy': column('<i8', BigInt64Array.from(of(0), BigInt)),
    'x.npy': column('<i8', BigInt64Array.from(of(1), BigInt)),
    'y.npy': column('<i8', BigInt64Array.from(of(2), BigInt)),
    'p.npy': column('<i8', BigInt64Array.from(of(3), BigInt)),
  })),
  npz('timestamps, x_pos, y_pos, polarity', () => ({
    'timestamps.npy': column(
      '<f8',
      Float64Array.from(of(0), (t) => t / 1e6),
    ),
    'x_pos.npy': column('<u2', Uint16Array.from(of(1))),
    'y_pos.npy': column('<u2', Uint16Array.from(of(2))),
    'polarity.npy': column(
      '|i1',
      Int8Array.from(of(3), (p) => p * 2 - 1),
    ),
  })),
  npz('ts, xs, ys, ps', () => ({
    'ts.npy': column(
      '<f8',
      Float64Array.from(of(0), (t) => t / 1e6),
    ),
    'xs.npy': column('<u2', Uint16Array.from(of(1))),
    'ys.npy': column('<u2', Uint16Array.from(of(2))),
    'ps.npy': column('|b1', Uint8Array.from(of(3))),
  })),
  npz('dataset_timestamp style: event_t, event_x …', () => ({
    'event_t.npy': column('<i8', BigInt64Array.from(of(0), BigInt)),
    'event_x.npy': column('<u2', Uint16Array.from(of(1))),
    'event_y.npy': column('<u2', Uint16Array.from(of(2))),
    'event_p.npy': column('|b1', Uint8Array.from(of(3))),
  })),
  npz('a structured array called events', () => {
    const writer = new ByteWriter();
    for (const [t, x, y, p] of ROWS) {
      writer.u32(t).u16(x).u16(y).u8(p);
    }
    const fields = "[('t', '<u4'), ('x', '<u2'), ('y', '<u2'), ('p', '|b1')]";
    return { 'events.npy': npyFile(fields, `(${ROWS.length},)`, writer.done()) };
  }),
  npz('one matrix called arr_0', () => ({
    'arr_0.npy': npyFile(
      "'<i8'",
      `(${ROWS.length}, 4)`,
      new Uint8Array(BigInt64Array.from(ROWS.flat(), BigInt).buffer),
    ),
  })),
  npz('one matrix called events with labels beside', () => ({
    'label.npy': npyFile("'<i8'", '()', new Uint8Array(8)),
    'events.npy': npyFile(
      "'<i8'",
      `(${ROWS.length}, 4)`,
      new Uint8Array(BigInt64Array.from(ROWS.flat(), BigInt).buffer),
    ),
  })),
  {
    name: 'frames alone',
    refused: /no list of events/,
    bytes: () => zipSync({ 'frames.npy': npyFile("'<f4'", '(5, 2, 8, 8)', new Uint8Array(5 * 2 * 64 * 4)) }),
  },
  {
    name: 'a zip of other files',
    refused: /zip/i,
    bytes: () => zipSync({ 'readme.txt': new Uint8Array(10) }),
  },
  { name: 'a gzip file', refused: /gzip/i, bytes: () => gzipSync(new Uint8Array(100)) },
]);
