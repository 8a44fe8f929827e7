import type { EventBatch } from '../eventBatch';
import type { RecordingFormat } from './recordingEncoder';

/** Column names; the first states the unit of its timestamps, which readers would guess otherwise. */
export const CSV_HEADER = 't_us,x,y,p\n';

/** Digits of t, x, y and p, sign, separators and newline; times with a fraction are longer and written apart. */
const MOST_ROW_BYTES = 17 + 5 + 5 + 1 + 4;
const ZERO = 48;
const COMMA = 44;
const NEWLINE = 10;

/** Writes the digits of a whole number that is not negative. @returns the position behind them. */
function putDigits(bytes: Uint8Array, position: number, value: number): number {
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) {
    digits++;
  }
  let rest = value;
  for (let place = position + digits - 1; place >= position; place--) {
    const tenth = Math.floor(rest / 10);
    bytes[place] = ZERO + (rest - tenth * 10);
    rest = tenth;
  }
  return position + digits;
}

function textRows({ t, x, y, polarity }: EventBatch): Uint8Array {
  const lines = Array.from(t, (time, index) => `${time},${x[index]},${y[index]},${polarity[index]}\n`);
  return new TextEncoder().encode(lines.join(''));
}

function isWhole(t: Float64Array): boolean {
  return t.every((time) => Number.isSafeInteger(time) && time >= 0);
}

function rowsOf(events: EventBatch): Uint8Array {
  const { t, x, y, polarity } = events;
  if (!isWhole(t)) {
    return textRows(events);
  }
  const bytes = new Uint8Array(t.length * MOST_ROW_BYTES);
  let position = 0;
  for (let index = 0; index < t.length; index++) {
    position = putDigits(bytes, position, t[index]!);
    bytes[position++] = COMMA;
    position = putDigits(bytes, position, x[index]!);
    bytes[position++] = COMMA;
    position = putDigits(bytes, position, y[index]!);
    bytes[position++] = COMMA;
    bytes[position++] = ZERO + polarity[index]!;
    bytes[position++] = NEWLINE;
  }
  return bytes.subarray(0, position);
}

/** Text with one event per line: `t_us,x,y,p`, µs, p 1 = ON, in the order of the recording. */
export const CSV_FORMAT: RecordingFormat = {
  format: 'text',
  name: 'csv',
  title: 'CSV (t_us,x,y,p)',
  suffixes: ['.csv'],
  isOrdered: false,
  statesSize: false,
  isStreamed: true,
  async open(file) {
    const sink = await file.sink();
    await sink.append(new TextEncoder().encode(CSV_HEADER));
    return {
      write: (events) => sink.append(rowsOf(events)),
      async finish() {},
    };
  },
};
