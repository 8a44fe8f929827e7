import type { FrameSample, ImuSample, TrackSample, TriggerSample } from '../tracks';
import { FlatTable } from './flatTable';
import type { Payload } from './packets';

/** Pixel formats of FRME packets, numbered as OpenCV does, by their channels. */
const CHANNELS: Readonly<Record<number, 1 | 3 | 4>> = { 0: 1, 16: 3, 24: 4 };

const TRIGGER_LABELS = [
  'timestamp reset',
  'external rising',
  'external falling',
  'external pulse',
  'generator rising',
  'generator falling',
  'frame begin',
  'frame end',
  'exposure begin',
  'exposure end',
];
const TRIGGER_LEVELS: Readonly<Record<number, 0 | 1>> = { 1: 1, 2: 0, 4: 1, 5: 0 };

/** Samples of one packet: frames, IMU samples or triggers; others give none. @throws RangeError where damaged. */
export function* samplesOf({ type, bytes }: Payload): Generator<TrackSample> {
  const root = FlatTable.root(bytes);
  if (type === 'FRME') {
    yield* frame(root);
  } else if (type === 'IMUS') {
    for (const table of root.tables(0)) {
      yield imu(table);
    }
  } else if (type === 'TRIG') {
    for (const table of root.tables(0)) {
      yield trigger(table);
    }
  }
}

function* frame(table: FlatTable): Generator<FrameSample> {
  const channels = CHANNELS[table.byte(5)];
  const width = table.short(6);
  const height = table.short(7);
  const pixels = table.bytes(10);
  if (channels && width > 0 && height > 0 && pixels.length >= width * height * channels) {
    const [begin, end] = [table.long(3), table.long(4)];
    yield {
      kind: 'frame',
      t: begin > 0 ? begin : table.long(1) || table.long(0),
      ...(begin > 0 && end > begin && { exposure: end - begin }),
      width,
      height,
      channels,
      pixels: withRedFirst(pixels.slice(0, width * height * channels), channels),
    };
  }
}

/** BGR and BGRA become RGB and RGBA, in place. */
function withRedFirst(pixels: Uint8Array, channels: number): Uint8Array {
  for (let index = 0; channels > 1 && index < pixels.length; index += channels) {
    const blue = pixels[index]!;
    pixels[index] = pixels[index + 2]!;
    pixels[index + 2] = blue;
  }
  return pixels;
}

function imu(table: FlatTable): ImuSample {
  return {
    kind: 'imu',
    t: table.long(0),
    temperature: table.float(1),
    acceleration: [table.float(2), table.float(3), table.float(4)],
    rotation: [table.float(5), table.float(6), table.float(7)],
  };
}

function trigger(table: FlatTable): TriggerSample {
  const source = table.byte(1);
  const label = TRIGGER_LABELS[source] ?? `source ${source}`;
  const level = TRIGGER_LEVELS[source];
  const sample = { kind: 'trigger' as const, t: table.long(0), label };
  return level === undefined ? sample : { ...sample, level };
}
