import { allocateEvents, type EventBatch, firstEvents } from '../eventBatch';

/** Codes in bits 15:12 of a word of the encoding libcaer_cmp (event_camera_codecs, libcaer_cmp_types). */
const CODE = { timeHigh: 0, timeLow: 1, column: 2, row: 3, vectorRow: 4, vector: 5 } as const;
const ADDRESS = 0x7ff;
const MOST_PER_WORD = 8;

/** What the words of a packet set; nothing is carried over to the next packet. */
interface Registers {
  high: number;
  low: number;
  x: number;
  vectorRow: number;
  vectorPolarity: number;
}

/**
 * Decodes one packet: 16-bit little-endian words that set time (two parts of 12 bits, µs) and column; a row word makes
 * an event, a vector word up to eight along the column.
 * @param base µs of the packet's time base.
 */
export function decodeLibcaerWords(bytes: Uint8Array, base: number): EventBatch {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = Math.floor(bytes.length / 2);
  const events = allocateEvents(words * MOST_PER_WORD);
  const registers: Registers = { high: 0, low: 0, x: 0, vectorRow: 0, vectorPolarity: 0 };
  let count = 0;
  for (let index = 0; index < words; index++) {
    const word = view.getUint16(index * 2, true);
    const code = word >> 12;
    if (code === CODE.row) {
      put(events, count++, registers, base, word & ADDRESS, (word >> 11) & 1);
    } else if (code === CODE.vector) {
      count = vector(events, count, registers, base, word & 0xff);
    } else {
      set(registers, code, word);
    }
  }
  return firstEvents(events, count);
}

function put(
  events: EventBatch,
  index: number,
  { high, low, x }: Registers,
  base: number,
  y: number,
  polarity: number,
): void {
  events.t[index] = base + (high | low);
  events.x[index] = x;
  events.y[index] = y;
  events.polarity[index] = polarity;
}

function vector(events: EventBatch, start: number, registers: Registers, base: number, mask: number): number {
  let count = start;
  for (let row = 0; row < MOST_PER_WORD; row++) {
    if (mask & (1 << row)) {
      put(events, count++, registers, base, registers.vectorRow + row, registers.vectorPolarity);
    }
  }
  registers.vectorRow += MOST_PER_WORD;
  return count;
}

function set(registers: Registers, code: number, word: number): void {
  switch (code) {
    case CODE.timeHigh:
      registers.high = (word & 0xfff) << 12;
      break;
    case CODE.timeLow:
      registers.low = word & 0xfff;
      break;
    case CODE.column:
      registers.x = word & ADDRESS;
      break;
    case CODE.vectorRow:
      registers.vectorRow = word & ADDRESS;
      registers.vectorPolarity = (word >> 11) & 1;
      break;
  }
}
