import { encodeRows, putInt64, type RowLayout } from './byteRows';
import { checkLimits, type FormatLimits } from './formatLimits';
import { npyHeader } from './npyHeader';
import type { RecordingFormat } from './recordingEncoder';

/** Fields in the order of the issue, packed: 13 bytes. */
const DESCR = "[('t', '<i8'), ('x', '<u2'), ('y', '<u2'), ('p', '|u1')]";

const ROWS: RowLayout = {
  bytesPerRow: 13,
  put(view, offset, { t, x, y, polarity }, index) {
    putInt64(view, offset, t[index]!);
    view.setUint16(offset + 8, x[index]!, true);
    view.setUint16(offset + 10, y[index]!, true);
    view.setUint8(offset + 12, polarity[index]!);
  },
};

/** Times of NumPy arrays are 64-bit whole numbers. */
export const NUMPY_LIMITS: FormatLimits = {
  title: 'NumPy with whole µs',
  width: 2 ** 16,
  height: 2 ** 16,
  firstTime: -(2 ** 53),
  timeLimit: 2 ** 53,
};

/** A structured NumPy array: t (i8, µs), x, y (u2), p (u1), in the order of the recording. */
export const NPY_FORMAT: RecordingFormat = {
  format: 'npy',
  name: 'npy',
  title: 'NumPy array (t, x, y, p)',
  suffixes: ['.npy'],
  isOrdered: false,
  statesSize: false,
  isStreamed: false,
  async open(file) {
    const sink = await file.sink();
    await sink.append(npyHeader(DESCR, 0));
    let count = 0;
    return {
      async write(events) {
        checkLimits(events, NUMPY_LIMITS);
        await sink.append(encodeRows(events, ROWS));
        count += events.t.length;
      },
      finish: () => sink.overwrite(0, npyHeader(DESCR, count)),
    };
  },
};
