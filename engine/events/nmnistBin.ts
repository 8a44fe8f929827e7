import { SpikeBridgeError } from '../errors';
import { ATIS_EVENT_BYTES, OVERFLOW_MICROSECONDS, OVERFLOW_ROW } from './atis/atisDecoder';
import { allocateEvents, type EventBatch, firstEvents, type SensorSize } from './eventBatch';

/** Sensor of the N-MNIST recordings, in pixels. */
export const NMNIST_SENSOR: SensorSize = { width: 34, height: 34 };

const TIMESTAMP_LIMIT = 2 ** 23;
const REPLACE_FILE =
  'Replace the file with a fresh copy from the data set, or leave it out of the selection.';

function badFile(file: string, message: string, byteOffset: number): SpikeBridgeError {
  return new SpikeBridgeError('data', message, REPLACE_FILE, { file, byteOffset });
}

function checkSize(bytes: Uint8Array, file: string): void {
  if (bytes.length === 0) {
    throw badFile(file, 'the recording is empty', 0);
  }
  const rest = bytes.length % ATIS_EVENT_BYTES;
  if (rest !== 0) {
    throw badFile(
      file,
      `${bytes.length} bytes are no whole number of ${ATIS_EVENT_BYTES}-byte events: the recording is truncated or no N-MNIST file`,
      bytes.length - rest,
    );
  }
}

/**
 * Decodes an ATIS 40-bit recording (N-MNIST, .bin): x, y, polarity in bit 7 of byte 2, 23-bit big-endian µs.
 * A row with y = 240 is an overflow marker: every later timestamp gains 8192 µs and the row is dropped
 * (methods.md 3.1, formats.md 1). Events stay in file order.
 * @param file named in errors only.
 * @throws SpikeBridgeError (data) with the byte offset: empty file, size not a multiple of 5, pixel outside the
 *   sensor, or nothing but overflow markers.
 */
export function decodeNmnistBin(
  bytes: Uint8Array,
  file: string,
  sensor: SensorSize = NMNIST_SENSOR,
): EventBatch {
  checkSize(bytes, file);
  const events = allocateEvents(bytes.length / ATIS_EVENT_BYTES);
  let count = 0;
  let overflow = 0;
  for (let offset = 0; offset < bytes.length; offset += ATIS_EVENT_BYTES) {
    const x = bytes[offset]!;
    const y = bytes[offset + 1]!;
    if (y === OVERFLOW_ROW) {
      overflow += OVERFLOW_MICROSECONDS;
      continue;
    }
    if (x >= sensor.width || y >= sensor.height) {
      throw badFile(
        file,
        `pixel (${x}, ${y}) lies outside the ${sensor.width} x ${sensor.height} sensor`,
        offset,
      );
    }
    const high = bytes[offset + 2]!;
    events.t[count] = overflow + (((high & 0x7f) << 16) | (bytes[offset + 3]! << 8) | bytes[offset + 4]!);
    events.x[count] = x;
    events.y[count] = y;
    events.polarity[count] = high >> 7;
    count++;
  }
  if (count === 0) {
    throw badFile(file, 'the recording holds overflow markers but no event', 0);
  }
  return firstEvents(events, count);
}

/** Overflow markers needed before each event, so that the rest of its timestamp fits 23 bits. */
function markersBefore(t: Float64Array): Uint32Array {
  let offset = 0;
  return Uint32Array.from(t, (time) => {
    const missing = Math.max(0, Math.ceil((time - offset - (TIMESTAMP_LIMIT - 1)) / OVERFLOW_MICROSECONDS));
    offset += missing * OVERFLOW_MICROSECONDS;
    return missing;
  });
}

function checkEncodable(events: EventBatch, index: number, offset: number): void {
  const x = events.x[index]!;
  const y = events.y[index]!;
  const time = events.t[index]! - offset;
  if (x > 255 || y > 255 || y === OVERFLOW_ROW || time < 0 || !Number.isInteger(time)) {
    throw new SpikeBridgeError(
      'data',
      `event ${index} (x ${x}, y ${y}, t ${events.t[index]} µs) cannot be written as ATIS 40-bit: x and y fit 8 bits, y is not 240, times are whole µs and do not fall behind an overflow`,
      'Write this recording in another format.',
    );
  }
}

/**
 * Encodes events as ATIS 40-bit; the inverse of {@link decodeNmnistBin}. Times of 2^23 µs and more are reached by
 * overflow markers, which only readers that know them (not SpikingJelly's) decode.
 * @throws SpikeBridgeError (data) for an event the format cannot hold.
 */
export function encodeNmnistBin(events: EventBatch): Uint8Array {
  const markers = markersBefore(events.t);
  const rows = events.t.length + markers.reduce((sum, each) => sum + each, 0);
  const bytes = new Uint8Array(rows * ATIS_EVENT_BYTES);
  let position = 0;
  let offset = 0;
  for (let index = 0; index < events.t.length; index++) {
    for (let marker = 0; marker < markers[index]!; marker++) {
      bytes[position + 1] = OVERFLOW_ROW;
      position += ATIS_EVENT_BYTES;
      offset += OVERFLOW_MICROSECONDS;
    }
    checkEncodable(events, index, offset);
    const time = events.t[index]! - offset;
    bytes[position] = events.x[index]!;
    bytes[position + 1] = events.y[index]!;
    bytes[position + 2] = (events.polarity[index]! << 7) | (time >> 16);
    bytes[position + 3] = (time >> 8) & 0xff;
    bytes[position + 4] = time & 0xff;
    position += ATIS_EVENT_BYTES;
  }
  return bytes;
}
