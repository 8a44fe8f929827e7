import { type DecodeCursor, type EventDecoder, FULL_AT } from '../words/eventDecoder';

const RESET = 0xfe;
const OVERFLOW = 0xff;
const DVS_BYTES = 5;
const DVS_OVERFLOW = 127;
const ATIS_FIRST_OVERFLOW = 0xfc;
const ATIS_OVERFLOW = 63;
const COLOUR_BYTES = 8;
const COLOUR_OVERFLOW = 254;
/** Colour events carry a colour and no polarity. */
const COLOUR_POLARITY = 1;

/** What the three decoders share: a running time, and rows counted from below (formats.md 7). */
abstract class EsDecoder implements EventDecoder {
  protected time = 0;

  /** @param height of the sensor; raw rows count upwards. */
  constructor(protected readonly height: number) {}

  abstract decode(cursor: DecodeCursor): void;

  snapshot(): readonly number[] {
    return [this.time];
  }

  restore([time = 0]: readonly number[]): void {
    this.time = time;
  }
}

/** Event Stream of a DVS: 5 bytes per event, 1 byte per time overflow. */
export class EsDvsDecoder extends EsDecoder {
  decode(cursor: DecodeCursor): void {
    const { bytes, target } = cursor;
    const { t, x, y, polarity } = target;
    const top = this.height - 1;
    const end = bytes.length;
    let { time } = this;
    let { position, count } = cursor;
    while (position < end && count <= FULL_AT) {
      const head = bytes[position]!;
      if (head < RESET) {
        if (position + DVS_BYTES > end) {
          break;
        }
        time += head >>> 1;
        t[count] = time;
        x[count] = bytes[position + 1]! | (bytes[position + 2]! << 8);
        y[count] = top - (bytes[position + 3]! | (bytes[position + 4]! << 8));
        polarity[count] = head & 1;
        count++;
        position += DVS_BYTES;
      } else {
        time += head === OVERFLOW ? DVS_OVERFLOW : 0;
        position++;
      }
    }
    this.time = time;
    cursor.position = position;
    cursor.count = count;
  }
}

/** Event Stream of an ATIS: changes become events; exposure measurements (bit 0) are passed over. */
export class EsAtisDecoder extends EsDecoder {
  decode(cursor: DecodeCursor): void {
    const { bytes, target } = cursor;
    const { t, x, y, polarity } = target;
    const top = this.height - 1;
    const end = bytes.length;
    let { time } = this;
    let { position, count } = cursor;
    while (position < end && count <= FULL_AT) {
      const head = bytes[position]!;
      if (head < ATIS_FIRST_OVERFLOW) {
        if (position + DVS_BYTES > end) {
          break;
        }
        time += head >>> 2;
        t[count] = time;
        x[count] = bytes[position + 1]! | (bytes[position + 2]! << 8);
        y[count] = top - (bytes[position + 3]! | (bytes[position + 4]! << 8));
        polarity[count] = (head >>> 1) & 1;
        count += (head & 1) ^ 1;
        position += DVS_BYTES;
      } else {
        time += ATIS_OVERFLOW * (head & 3);
        position++;
      }
    }
    this.time = time;
    cursor.position = position;
    cursor.count = count;
  }
}

/** Event Stream of a colour camera: 8 bytes per event; the colour is passed over, all events count as ON. */
export class EsColourDecoder extends EsDecoder {
  decode(cursor: DecodeCursor): void {
    const { bytes, target } = cursor;
    const { t, x, y, polarity } = target;
    const top = this.height - 1;
    const end = bytes.length;
    let { time } = this;
    let { position, count } = cursor;
    while (position < end && count <= FULL_AT) {
      const head = bytes[position]!;
      if (head < RESET) {
        if (position + COLOUR_BYTES > end) {
          break;
        }
        time += head;
        t[count] = time;
        x[count] = bytes[position + 1]! | (bytes[position + 2]! << 8);
        y[count] = top - (bytes[position + 3]! | (bytes[position + 4]! << 8));
        polarity[count] = COLOUR_POLARITY;
        count++;
        position += COLOUR_BYTES;
      } else {
        time += head === OVERFLOW ? COLOUR_OVERFLOW : 0;
        position++;
      }
    }
    this.time = time;
    cursor.position = position;
    cursor.count = count;
  }
}
