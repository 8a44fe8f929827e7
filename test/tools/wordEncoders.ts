import type { EventRow } from './recordings';

/** Bytes of recordings of each word format, written here from the format notes, independently of the engine's writers. */

const text = (value: string) => [...new TextEncoder().encode(value)];
const u16le = (value: number) => [value & 0xff, (value >>> 8) & 0xff];
const u32le = (value: number) => [...u16le(value), ...u16le(value >>> 16)];
const u16be = (value: number) => u16le(value).reverse();
const u32be = (value: number) => u32le(value).reverse();
const modulo = (value: number, span: number) => value - Math.floor(value / span) * span;

/** A recording under construction: arrays are too large to be spread. */
class Bytes {
  private readonly parts: number[] = [];

  add(values: readonly number[]): void {
    for (const value of values) {
      this.parts.push(value);
    }
  }

  take(): Uint8Array {
    return Uint8Array.from(this.parts);
  }
}

function encode(
  head: readonly number[],
  rows: readonly EventRow[],
  word: (row: EventRow) => number[],
): Uint8Array {
  const bytes = new Bytes();
  bytes.add(head);
  for (const row of rows) {
    bytes.add(word(row));
  }
  return bytes.take();
}

/** ATIS 40-bit; an overflow marker before every event that needs one. */
export function encodeAtis(rows: readonly EventRow[]): Uint8Array {
  let overflow = 0;
  return encode([], rows, ([t, x, y, p]) => {
    const bytes: number[] = [];
    for (; t - overflow >= 2 ** 23; overflow += 8192) {
      bytes.push(0, 240, 0, 0, 0);
    }
    const time = t - overflow;
    return [...bytes, x, y, (p << 7) | (time >>> 16), (time >>> 8) & 0xff, time & 0xff];
  });
}

const dvs128Address = ([, x, y, p]: EventRow) => ((127 - y) << 8) | ((127 - x) << 1) | (p ^ 1);

export function encodeAedat1(rows: readonly EventRow[]): Uint8Array {
  return encode(text('#!AER-DAT1.0\r\n# made by a test\r\n'), rows, (row) => [
    ...u16be(dvs128Address(row)),
    ...u32be(modulo(row[0], 2 ** 32)),
  ]);
}

export function encodeAedat2Dvs128(rows: readonly EventRow[]): Uint8Array {
  return encode(text('#!AER-DAT2.0\r\n# AEChip: ch.unizh.ini.jaer.chip.retina.DVS128\r\n'), rows, (row) => [
    ...u32be(dvs128Address(row)),
    ...u32be(modulo(row[0], 2 ** 32)),
  ]);
}

export const DAVIS_HEAD = text('#!AER-DAT2.0\r\n# AEChip: eu.seebetter.ini.chips.davis.DAVIS240C\r\n');

/** A record of AEDAT 2.0. */
export function jaerRecord(address: number, t: number): number[] {
  return [...u32be(address), ...u32be(modulo(t, 2 ** 32))];
}

export function encodeAedat2Davis(rows: readonly EventRow[]): Uint8Array {
  return encode(DAVIS_HEAD, rows, ([t, x, y, p]) =>
    jaerRecord(((179 - y) << 22) | ((239 - x) << 12) | (p << 11), t),
  );
}

const AEDAT3_HEAD = '#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DVS128\r\n#!END-HEADER\r\n';

/** A packet of AEDAT 3.1. @param capacity events, at least those of the payload. */
export function aedat3Packet(
  type: number,
  size: number,
  overflow: number,
  capacity: number,
  events: number[][],
): number[] {
  const head = [
    ...u16le(type),
    ...u16le(1),
    ...[size, 4, overflow, capacity, events.length, events.length].flatMap(u32le),
  ];
  return [...head, ...events.flat(), ...new Array((capacity - events.length) * size).fill(0xa5)];
}

/** AEDAT 3.1 with packets of a few events, a special packet with spare capacity, and events that are not valid. */
export function encodeAedat3(rows: readonly EventRow[]): Uint8Array {
  const bytes = new Bytes();
  bytes.add(text(AEDAT3_HEAD));
  const span = 2 ** 31;
  for (let begin = 0; begin < rows.length; ) {
    const overflow = Math.floor(rows[begin]![0] / span);
    let end = begin + 1;
    while (end < Math.min(rows.length, begin + 100) && Math.floor(rows[end]![0] / span) === overflow) {
      end++;
    }
    const events = rows
      .slice(begin, end)
      .map(([t, x, y, p]) => [...u32le((x << 17) | (y << 2) | (p << 1) | 1), ...u32le(modulo(t, span))]);
    const invalid = [...u32le((3 << 17) | (3 << 2)), ...u32le(0)];
    bytes.add(aedat3Packet(1, 8, overflow, events.length + 3, [...events, invalid]));
    bytes.add(
      aedat3Packet(0, 8, overflow, 2, [[...u32le((2 << 1) | 1), ...u32le(modulo(rows[begin]![0], span))]]),
    );
    begin = end;
  }
  return bytes.take();
}

const RAW_HEAD = (name: string) =>
  text(`% date 2024-01-01 00:00:00\n% format ${name};height=480;width=640\n% end\n`);

export function encodeEvt2(rows: readonly EventRow[]): Uint8Array {
  let high = -1;
  return encode(RAW_HEAD('EVT2'), rows, ([t, x, y, p]) => {
    const now = Math.floor(modulo(t, 2 ** 34) / 64);
    const time = now === high ? [] : u32le(((0x8 << 28) | now) >>> 0);
    high = now;
    return [...time, ...u32le(((p << 28) | ((t % 64) << 22) | (x << 11) | y) >>> 0)];
  });
}

/** EVT 2.1 with one word per event or, for neighbours of one time and row, per up to 32 pixels. */
export function encodeEvt21(rows: readonly EventRow[], order: 'little' | 'legacy'): Uint8Array {
  const bytes = new Bytes();
  bytes.add(RAW_HEAD(`EVT21;endianness=${order}`));
  const word = (head: number, mask: number) =>
    bytes.add(order === 'little' ? [...u32le(mask), ...u32le(head)] : [...u32le(head), ...u32le(mask)]);
  let high = -1;
  for (let index = 0; index < rows.length; ) {
    const [t, x, y, p] = rows[index]!;
    const now = Math.floor(modulo(t, 2 ** 34) / 64);
    if (now !== high) {
      word(((0x8 << 28) | now) >>> 0, 0);
      high = now;
    }
    let mask = 0;
    let last = -1;
    for (; index < rows.length; index++) {
      const [t2, x2, y2, p2] = rows[index]!;
      if (t2 !== t || y2 !== y || p2 !== p || x2 - x <= last || x2 - x > 31) {
        break;
      }
      last = x2 - x;
      mask |= 1 << last;
    }
    word(((p << 28) | ((t % 64) << 22) | (x << 11) | y) >>> 0, mask >>> 0);
  }
  return bytes.take();
}

const EVT3 = { row: 0, column: 2, base: 3, vector12: 4, vector8: 5, low: 6, high: 8 } as const;

/** The words that set EVT3's time registers to t, as few as needed. */
function evt3Time(t: number, before: number | undefined): number[] {
  const part = (value: number, span: number) => Math.floor(modulo(value, span * 4096) / span);
  const highs = before === undefined || Math.floor(before / 4096) !== Math.floor(t / 4096);
  const words: number[] = [];
  if (before !== undefined) {
    // The high part wraps unseen when it is not sent at least once per half of its range.
    const step = 4096 * 1024;
    for (let passing = before + step; Math.floor(passing / 4096) < Math.floor(t / 4096); passing += step) {
      words.push((EVT3.high << 12) | part(passing, 4096));
    }
  }
  return [
    ...words,
    ...(highs ? [(EVT3.high << 12) | part(t, 4096)] : []),
    (EVT3.low << 12) | modulo(t, 4096),
  ];
}

/** EVT 3.0: neighbours of one time, row and polarity as vectors of 12 or 8 pixels, others as single events. */
export function encodeEvt3(rows: readonly EventRow[]): Uint8Array {
  const bytes = new Bytes();
  bytes.add(RAW_HEAD('EVT3'));
  const word = (type: number, value: number) => bytes.add(u16le((type << 12) | value));
  let before: number | undefined;
  for (let index = 0; index < rows.length; ) {
    const [t, x, y, p] = rows[index]!;
    if (t !== before) {
      bytes.add(evt3Time(t, before).flatMap(u16le));
      before = t;
    }
    word(EVT3.row, y);
    let end = index + 1;
    const joins = (next: EventRow, previous: EventRow) =>
      next[0] === t && next[2] === y && next[3] === p && next[1] > previous[1] && next[1] - x < 12;
    while (end < rows.length && joins(rows[end]!, rows[end - 1]!)) {
      end++;
    }
    if (end - index === 1) {
      word(EVT3.column, (p << 11) | x);
    } else {
      const mask = rows.slice(index, end).reduce((bits, row) => bits | (1 << (row[1] - x)), 0);
      word(EVT3.base, (p << 11) | x);
      word(mask < 256 ? EVT3.vector8 : EVT3.vector12, mask);
    }
    index = end;
  }
  return bytes.take();
}

export function encodeDat(rows: readonly EventRow[], version: 1 | 2): Uint8Array {
  const size = version === 2 ? '% Width 640\n% Height 480\n' : '';
  return encode([...text(`% Version ${version}\n${size}`), 0x0c, 8], rows, ([t, x, y, p]) => [
    ...u32le(modulo(t, 2 ** 32)),
    ...u32le(version === 2 ? ((p << 28) | (y << 14) | x) >>> 0 : (p << 17) | (y << 9) | x),
  ]);
}

/** Kinds of Event Stream files by their type byte. */
export const ES_TYPES = { dvs: 1, atis: 2, colour: 4 } as const;

export const esHead = (type: number, width: number, height: number) => [
  ...text('Event Stream'),
  2,
  0,
  0,
  type,
  ...u16le(width),
  ...u16le(height),
];

/** Event Stream, 640 x 480. Colour events come out ON, whatever their row says. */
export function encodeEs(rows: readonly EventRow[], kind: keyof typeof ES_TYPES): Uint8Array {
  const [overflow, largest] = { dvs: [[0xff], 127], atis: [[0xfd], 63], colour: [[0xff], 254] }[kind] as [
    number[],
    number,
  ];
  let time = 0;
  return encode(esHead(ES_TYPES[kind], 640, 480), rows, ([t, x, y, p]) => {
    const bytes: number[] = [];
    for (; t - time >= largest; time += largest) {
      bytes.push(...overflow);
    }
    const dt = t - time;
    time = t;
    const head = { dvs: (dt << 1) | p, atis: (dt << 2) | (p << 1), colour: dt }[kind];
    const colour = kind === 'colour' ? [1, 2, 3] : [];
    return [...bytes, head, ...u16le(x), ...u16le(479 - y), ...colour];
  });
}
