import { Evt3Words } from './evt3Words';
import { checkLimits, type FormatLimits, limitsWithin } from './formatLimits';
import type { RecordingFormat } from './recordingEncoder';

/** 2^36 µs (19 h): the wraps before a later start would take more room than many a recording. */
const TIME_LIMIT = 2 ** 36;
const PIXEL_LIMIT = 2 ** 11;

const LIMITS: FormatLimits = {
  title: 'EVT3',
  width: PIXEL_LIMIT,
  height: PIXEL_LIMIT,
  firstTime: 0,
  timeLimit: TIME_LIMIT,
};

/** Words in the byte order of files. */
function littleEndian(words: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(words.length * 2);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < words.length; index++) {
    view.setUint16(index * 2, words[index]!, true);
  }
  return bytes;
}

/** Prophesee RAW EVT 3.0 (formats.md 5 and 5.3). Times beyond 2^24 µs are reached by counting the wraps up from 0. */
export const EVT3_FORMAT: RecordingFormat = {
  format: 'evt3',
  name: 'evt3',
  title: 'Prophesee RAW EVT3',
  suffixes: ['.raw'],
  isOrdered: true,
  statesSize: true,
  isStreamed: true,
  limits: LIMITS,
  async open(file, { size }) {
    const limits = limitsWithin(LIMITS, size);
    const { width, height } = size;
    const header =
      `% evt 3.0\n% format EVT3;height=${height};width=${width}\n% geometry ${width}x${height}\n` +
      '% camera_integrator_name SpikeBridge\n% end\n';
    const sink = await file.sink();
    await sink.append(new TextEncoder().encode(header));
    const words = new Evt3Words();
    return {
      async write(events) {
        checkLimits(events, limits);
        await sink.append(littleEndian(words.encode(events)));
      },
      async finish() {},
    };
  },
};
