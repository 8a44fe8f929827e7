import fc from 'fast-check';
import type { FormatId } from '../../engine/events/formats';
import type { EventRow } from './recordings';
import * as encoders from './wordEncoders';

/** A word format with an encoder and the events it can hold. */
export interface WordFormat {
  readonly name: string;
  readonly format: FormatId;
  readonly encode: (rows: readonly EventRow[]) => Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Times that matter: where its clock wraps. */
  readonly starts: readonly number[];
  /** Largest step between neighbours in µs. */
  readonly longestStep: number;
  /** Polarity of all events, in formats without one. */
  readonly polarity?: 0 | 1;
}

const VGA = { width: 640, height: 480 };
const DVS128 = { width: 128, height: 128 };

export const WORD_FORMATS: readonly WordFormat[] = [
  {
    name: 'ATIS 40-bit',
    format: 'atis',
    encode: encoders.encodeAtis,
    width: 200,
    height: 180,
    starts: [1, 2 ** 23 - 500],
    longestStep: 5000,
  },
  {
    name: 'AEDAT 1.0',
    format: 'aedat1',
    encode: encoders.encodeAedat1,
    ...DVS128,
    starts: [0, 2 ** 31 - 500, 2 ** 32 - 500],
    longestStep: 1e6,
  },
  {
    name: 'AEDAT 2.0 of a DVS128',
    format: 'aedat2',
    encode: encoders.encodeAedat2Dvs128,
    ...DVS128,
    starts: [0, 2 ** 31 - 500, 2 ** 32 - 500],
    longestStep: 1e6,
  },
  {
    name: 'AEDAT 2.0 of a DAVIS240',
    format: 'aedat2',
    encode: encoders.encodeAedat2Davis,
    width: 240,
    height: 180,
    starts: [0, 2 ** 31 - 500, 2 ** 32 - 500],
    longestStep: 1e6,
  },
  {
    name: 'AEDAT 3.1',
    format: 'aedat3',
    encode: encoders.encodeAedat3,
    ...DVS128,
    starts: [0, 2 ** 31 - 500, 2 ** 34],
    longestStep: 1e6,
  },
  {
    name: 'EVT2',
    format: 'evt2',
    encode: encoders.encodeEvt2,
    ...VGA,
    starts: [0, 2 ** 31 - 500, 2 ** 34 - 500],
    longestStep: 1e3,
  },
  {
    name: 'EVT2.1 little endian',
    format: 'evt21',
    encode: (rows) => encoders.encodeEvt21(rows, 'little'),
    ...VGA,
    starts: [0, 2 ** 31 - 500, 2 ** 34 - 500],
    longestStep: 1e3,
  },
  {
    name: 'EVT2.1 legacy byte order',
    format: 'evt21',
    encode: (rows) => encoders.encodeEvt21(rows, 'legacy'),
    ...VGA,
    starts: [0, 2 ** 31 - 500, 2 ** 34 - 500],
    longestStep: 1e3,
  },
  {
    name: 'EVT3',
    format: 'evt3',
    encode: encoders.encodeEvt3,
    ...VGA,
    starts: [0, 4096 - 10, 2 ** 24 - 500],
    longestStep: 2 ** 25,
  },
  {
    name: 'DAT version 1',
    format: 'dat',
    encode: (rows) => encoders.encodeDat(rows, 1),
    width: 304,
    height: 240,
    starts: [0, 2 ** 32 - 500],
    longestStep: 1e6,
  },
  {
    name: 'DAT version 2',
    format: 'dat',
    encode: (rows) => encoders.encodeDat(rows, 2),
    ...VGA,
    starts: [0, 2 ** 32 - 500],
    longestStep: 1e6,
  },
  {
    name: 'Event Stream of a DVS',
    format: 'es',
    encode: (rows) => encoders.encodeEs(rows, 'dvs'),
    ...VGA,
    starts: [0, 126],
    longestStep: 2000,
  },
  {
    name: 'Event Stream of an ATIS',
    format: 'es',
    encode: (rows) => encoders.encodeEs(rows, 'atis'),
    ...VGA,
    starts: [0, 62],
    longestStep: 2000,
  },
  {
    name: 'Event Stream with colours',
    format: 'es',
    encode: (rows) => encoders.encodeEs(rows, 'colour'),
    ...VGA,
    starts: [0, 253],
    longestStep: 2000,
    polarity: 1,
  },
];

/**
 * Random recordings of a format: times run forwards in steps that are mostly 0 or small, neighbours are often in one
 * row, as vectors need it.
 */
export function eventRows(format: WordFormat, maxLength = 300): fc.Arbitrary<EventRow[]> {
  const step = fc.oneof(
    { arbitrary: fc.constant(0), weight: 6 },
    { arbitrary: fc.integer({ min: 0, max: 40 }), weight: 3 },
    { arbitrary: fc.integer({ min: 0, max: format.longestStep }), weight: 1 },
  );
  const pixel = fc.record({
    step,
    stays: fc.boolean(),
    x: fc.integer({ min: 0, max: format.width - 1 }),
    right: fc.integer({ min: 1, max: 20 }),
    y: fc.integer({ min: 0, max: format.height - 1 }),
    p: format.polarity === undefined ? fc.integer({ min: 0, max: 1 }) : fc.constant(format.polarity),
  });
  const start = fc.constantFrom(...format.starts);
  const pixels = fc.array(pixel, { minLength: 20, maxLength, size: 'max' });
  return fc.tuple(start, pixels).map(([begin, list]) => {
    let time = begin;
    let before: EventRow | undefined;
    return list.map(({ step: by, stays, x, right, y, p }) => {
      // The first event lies before the wrap: a reader cannot see a wrap that came before it.
      time += before ? by : 0;
      const column = before && stays ? before[1] + right : x;
      const row: EventRow =
        before && stays && column < format.width ? [time, column, before[2], before[3]] : [time, x, y, p];
      before = row;
      return row;
    });
  });
}

/** A recording of many events whose times run forwards, without randomness. */
export function manyRows({ width, height, polarity }: WordFormat, count: number): EventRow[] {
  return Array.from({ length: count }, (_, index) => [
    index >> 3,
    (index * 7) % width,
    (index >> 4) % height,
    polarity ?? (index >> 2) & 1,
  ]);
}
