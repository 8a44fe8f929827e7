import { encodeRows, type RowLayout } from './byteRows';
import { checkLimits, type FormatLimits, limitsWithin } from './formatLimits';
import type { RecordingFormat } from './recordingEncoder';

const EVENT_TYPE_CD = 0x0c;
const BYTES_PER_ROW = 8;

const LIMITS: FormatLimits = {
  title: 'DAT',
  width: 2 ** 14,
  height: 2 ** 14,
  firstTime: 0,
  timeLimit: 2 ** 32,
};

/** u32 µs (modulo 2^32), then x in bits 13:0, y in 27:14, polarity in 31:28 (formats.md 6). */
const ROWS: RowLayout = {
  bytesPerRow: BYTES_PER_ROW,
  put(view, offset, { t, x, y, polarity }, index) {
    view.setUint32(offset, t[index]!, true);
    view.setUint32(offset + 4, ((polarity[index]! << 28) | (y[index]! << 14) | x[index]!) >>> 0, true);
  },
};

/** Prophesee DAT version 2. Times are below 2^32 µs (71.6 min): not every reader counts the wraps. */
export const DAT_FORMAT: RecordingFormat = {
  format: 'dat',
  name: 'dat',
  title: 'Prophesee DAT (version 2)',
  suffixes: ['.dat'],
  isOrdered: false,
  statesSize: true,
  isStreamed: true,
  limits: LIMITS,
  async open(file, { size }) {
    const limits = limitsWithin(LIMITS, size);
    const header =
      '% Data file containing CD events.\n% Version 2\n' +
      `% Height ${size.height}\n% Width ${size.width}\n% end\n`;
    const sink = await file.sink();
    await sink.append(new TextEncoder().encode(header));
    await sink.append(Uint8Array.of(EVENT_TYPE_CD, BYTES_PER_ROW));
    return {
      async write(events) {
        checkLimits(events, limits);
        await sink.append(encodeRows(events, ROWS));
      },
      async finish() {},
    };
  },
};
