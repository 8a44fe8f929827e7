import type { FrameSample, ImuSample, TriggerSample } from '../tracks';

const FRAME_HEAD_BYTES = 36;
const IMU6_BYTES = 36;
const VALID = 1;

/** Words for the types of special events (formats.md 3); others get their number. */
const SPECIAL_LABELS: Readonly<Record<number, string>> = {
  1: 'timestamp reset',
  2: 'external rising',
  3: 'external falling',
  4: 'external pulse',
  14: 'frame start',
  15: 'frame end',
  16: 'exposure start',
  17: 'exposure end',
};
const LEVELS: Readonly<Record<number, 0 | 1>> = { 2: 1, 3: 0 };
const TIMESTAMP_WRAP = 0;

/** A special event as a trigger. @param base µs to add to its 31-bit time. @returns undefined where it is not valid. */
export function specialSample(view: DataView, offset: number, base: number): TriggerSample | undefined {
  const word = view.getUint32(offset, true);
  const type = (word >>> 1) & 0x7f;
  if ((word & VALID) === 0 || type === TIMESTAMP_WRAP) {
    return undefined;
  }
  const level = LEVELS[type];
  return {
    kind: 'trigger',
    t: base + view.getInt32(offset + 4, true),
    label: SPECIAL_LABELS[type] ?? `special event ${type}`,
    ...(level !== undefined && { level }),
  };
}

/** An IMU 6 or IMU 9 event: floats in g, degrees per second and °C. */
export function imuSample(view: DataView, offset: number, size: number, base: number): ImuSample | undefined {
  if (size < IMU6_BYTES || (view.getUint32(offset, true) & VALID) === 0) {
    return undefined;
  }
  const value = (index: number) => view.getFloat32(offset + 8 + 4 * index, true);
  return {
    kind: 'imu',
    t: base + view.getInt32(offset + 4, true),
    acceleration: [value(0), value(1), value(2)],
    rotation: [value(3), value(4), value(5)],
    temperature: value(6),
  };
}

/** A frame event: 16-bit samples, of which the upper bytes are kept. */
export function frameSample(
  view: DataView,
  offset: number,
  size: number,
  base: number,
): FrameSample | undefined {
  if (size < FRAME_HEAD_BYTES) {
    return undefined;
  }
  const info = view.getUint32(offset, true);
  const channels = (info >>> 1) & 7;
  const width = view.getInt32(offset + 20, true);
  const height = view.getInt32(offset + 24, true);
  const fits = width > 0 && height > 0 && FRAME_HEAD_BYTES + width * height * channels * 2 <= size;
  if ((info & VALID) === 0 || !fits || (channels !== 1 && channels !== 3 && channels !== 4)) {
    return undefined;
  }
  const pixels = new Uint8Array(width * height * channels);
  for (let index = 0; index < pixels.length; index++) {
    pixels[index] = view.getUint8(offset + FRAME_HEAD_BYTES + 2 * index + 1);
  }
  const begin = view.getInt32(offset + 12, true);
  const exposure = view.getInt32(offset + 16, true) - begin;
  return {
    kind: 'frame',
    t: base + begin,
    ...(exposure > 0 && { exposure }),
    width,
    height,
    channels,
    pixels,
  };
}
