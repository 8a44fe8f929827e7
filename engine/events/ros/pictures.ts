import type { FrameSample } from '../tracks';
import type { RosRecord } from './rosMessage';

/** How a sensor_msgs/Image stores pixels. */
interface PixelFormat {
  readonly bytes: number;
  readonly channels: 1 | 3 | 4;
  readonly isBlueFirst: boolean;
}

function pixelFormat(encoding: string): PixelFormat | undefined {
  switch (encoding.toLowerCase()) {
    case 'rgb8':
    case '8uc3':
      return { bytes: 1, channels: 3, isBlueFirst: false };
    case 'bgr8':
      return { bytes: 1, channels: 3, isBlueFirst: true };
    case 'rgba8':
    case '8uc4':
      return { bytes: 1, channels: 4, isBlueFirst: false };
    case 'bgra8':
      return { bytes: 1, channels: 4, isBlueFirst: true };
    case 'mono16':
    case '16uc1':
      return { bytes: 2, channels: 1, isBlueFirst: false };
    default:
      // Grey, and raw colour mosaics, which are shown grey.
      return /^(mono8|8uc1|8sc1|bayer_\w+8)$/i.test(encoding)
        ? { bytes: 1, channels: 1, isBlueFirst: false }
        : undefined;
  }
}

/** A sensor_msgs/Image as a frame; undefined for encodings that are no 8- or 16-bit picture. */
export function pictureOf(record: RosRecord, t: number): FrameSample | undefined {
  const { data, encoding, step } = record;
  const width = Number(record.width);
  const height = Number(record.height);
  const format = pixelFormat(String(encoding));
  if (!format || !(data instanceof Uint8Array) || !(width > 0) || !(height > 0)) {
    return undefined;
  }
  const rowBytes = width * format.channels * format.bytes;
  const stride = Math.max(rowBytes, Number(step));
  if (data.length < stride * (height - 1) + rowBytes) {
    return undefined;
  }
  const isBigEndian = Number(record.is_bigendian) !== 0;
  const pixels = new Uint8Array(width * height * format.channels);
  for (let row = 0; row < height; row++) {
    const line = data.subarray(row * stride, row * stride + rowBytes);
    copyRow(line, pixels.subarray(row * width * format.channels), format, isBigEndian);
  }
  return { kind: 'frame', t, width, height, channels: format.channels, pixels };
}

function copyRow(
  line: Uint8Array,
  pixels: Uint8Array,
  { bytes, channels, isBlueFirst }: PixelFormat,
  isBigEndian: boolean,
): void {
  if (bytes === 2) {
    // Of 16 bits the higher eight are shown.
    for (let column = 0; column * 2 < line.length; column++) {
      pixels[column] = line[column * 2 + (isBigEndian ? 0 : 1)]!;
    }
    return;
  }
  pixels.set(line);
  for (let at = 0; isBlueFirst && at < line.length; at += channels) {
    pixels[at] = line[at + 2]!;
    pixels[at + 2] = line[at]!;
  }
}
