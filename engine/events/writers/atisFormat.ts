import { SpikeBridgeError } from '../../errors';
import { encodeRows, type RowLayout } from './byteRows';
import { checkLimits, type FormatLimits } from './formatLimits';
import type { RecordingFormat } from './recordingEncoder';

const TIME_LIMIT = 2 ** 23;
/** A row with this y is an overflow marker, not a pixel (formats.md 1). */
const MARKER_ROW = 240;

const LIMITS: FormatLimits = {
  title: 'ATIS 40-bit',
  width: 256,
  height: 256,
  firstTime: 0,
  timeLimit: TIME_LIMIT,
};

/** x, y, polarity in bit 7, 23 bits of µs, big-endian (formats.md 1). */
const ROWS: RowLayout = {
  bytesPerRow: 5,
  put(view, offset, { t, x, y, polarity }, index) {
    const time = t[index]!;
    view.setUint8(offset, x[index]!);
    view.setUint8(offset + 1, y[index]!);
    view.setUint8(offset + 2, (polarity[index]! << 7) | (time >> 16));
    view.setUint16(offset + 3, time & 0xffff);
  },
};

/** ATIS 40-bit as N-MNIST and N-Caltech101 have it. Overflow markers are not written: not every reader knows them. */
export const ATIS_FORMAT: RecordingFormat = {
  format: 'atis',
  name: 'bin',
  title: 'ATIS 40-bit (N-MNIST, N-Caltech101)',
  suffixes: ['.bin', '.bs2'],
  isOrdered: false,
  statesSize: false,
  isStreamed: true,
  limits: LIMITS,
  async open(file) {
    const sink = await file.sink();
    return {
      async write(events) {
        checkLimits(events, LIMITS);
        if (events.y.includes(MARKER_ROW)) {
          throw new SpikeBridgeError(
            'data',
            `${LIMITS.title} cannot hold events with y = ${MARKER_ROW}: readers take them for overflow markers`,
            'Keep only the rows above (--roi), or choose another format.',
            { file: file.target },
          );
        }
        await sink.append(encodeRows(events, ROWS));
      },
      async finish() {},
    };
  },
};
