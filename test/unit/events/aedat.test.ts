import assert from 'node:assert/strict';
import type { Recording } from '../../../engine/events/recording';
import type { Track, TrackSample } from '../../../engine/events/tracks';
import { decodeBytes, type EventRow, openBytes, readEvents } from '../../tools/recordings';
import {
  aedat3Packet,
  DAVIS_HEAD,
  encodeAedat2Davis,
  encodeAedat2Dvs128,
  encodeAedat3,
  jaerRecord,
} from '../../tools/wordEncoders';

const text = (value: string) => [...new TextEncoder().encode(value)];
const EVERYTHING = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

async function samplesOf(
  recording: Recording,
  kind: Track['kind'],
  from = EVERYTHING[0],
  to = EVERYTHING[1],
) {
  const samples: TrackSample[] = [];
  const track = recording.tracks.find((each) => each.kind === kind);
  for await (const sample of track!.samples(from, to)) {
    samples.push(sample);
  }
  return samples;
}

const DVS128_HEAD = '#!AER-DAT2.0\r\n# AEChip: ch.unizh.ini.jaer.chip.retina.DVS128\r\n';
const ROWS: readonly EventRow[] = Array.from({ length: 3000 }, (_, index) => [
  index * 3,
  index % 128,
  (index * 5) % 128,
  index & 1,
]);

describe('AEDAT 2.0', () => {
  it('decodes a DVS128 address: x and y count from the other side, bit 0 is inverted', async () => {
    const bytes = Uint8Array.from([...text(DVS128_HEAD), 0, 0, 0x13, 0x18, 0x38, 0x69, 0xd4, 0x23]);
    const { rows, info } = await decodeBytes(bytes);
    assert.deepEqual(rows, [[0x3869d423, 127 - 12, 127 - 19, 1]]);
    assert.deepEqual(info.size?.value, { width: 128, height: 128 });
  });

  it('shows external input (bit 15) as a track, not as events', async () => {
    const recording = await openBytes(Uint8Array.from([...text(DVS128_HEAD), ...jaerRecord(0x8000, 5)]));
    assert.deepEqual((await readEvents(recording)).rows, []);
    assert.deepEqual(await samplesOf(recording, 'trigger'), [
      { kind: 'trigger', t: 5, label: 'external input' },
    ]);
  });

  it('reads a header of any length', async () => {
    const dump = `#${'x'.repeat(200)}\r\n`.repeat(2000);
    const bytes = Uint8Array.from([...text(DVS128_HEAD + dump), ...jaerRecord(0, 1)]);
    assert.equal((await decodeBytes(bytes)).rows.length, 1);
  });

  it('reads header lines in Latin-1', async () => {
    const line = [...text('# User name: Andr'), 0xe9, ...text('\r\n')];
    const { rows, info } = await decodeBytes(
      Uint8Array.from([...text(DVS128_HEAD), ...line, ...jaerRecord(0, 1)]),
    );
    assert.equal(rows.length, 1);
    assert.deepEqual(info.properties.at(-1), ['User name', 'Andr\u00e9']);
  });

  it('takes the date of a line without a name for what it is', async () => {
    const line = text('# created Fri Aug 03 16:29:47 CEST 2012\r\n');
    const { info } = await decodeBytes(Uint8Array.from([...text(DVS128_HEAD), ...line, ...jaerRecord(0, 1)]));
    assert.deepEqual(info.properties.at(-1), ['created', 'Fri Aug 03 16:29:47 CEST 2012']);
  });

  it('takes records that begin with # for records', async () => {
    // Rows 140 to 143 of a DAVIS have 0x23 in their first byte.
    const rows: EventRow[] = [
      [0x0a202020, 10, 179 - 140, 1],
      [0x0a202021, 11, 179 - 141, 0],
    ];
    const bytes = encodeAedat2Davis(rows);
    assert.equal(bytes[DAVIS_HEAD.length], 0x23);
    assert.deepEqual((await decodeBytes(bytes)).rows, rows);
    const closed = text('#End Of ASCII Header\r\n');
    const body = bytes.subarray(DAVIS_HEAD.length);
    assert.deepEqual((await decodeBytes(Uint8Array.from([...DAVIS_HEAD, ...closed, ...body]))).rows, rows);
  });

  it('takes a file without a chip name for a DVS128 when its addresses fit, else refuses it', async () => {
    const body = encodeAedat2Dvs128(ROWS).subarray(DVS128_HEAD.length);
    const unnamed = Uint8Array.from([...text('#!AER-DAT2.0\r\n'), ...body]);
    assert.equal((await decodeBytes(unnamed)).info.sensor?.value, 'DVS128');
    const low = ROWS.flatMap((_, index) => jaerRecord(index % 0x3ff, index));
    await assert.rejects(openBytes(Uint8Array.from([...text('#!AER-DAT2.0\r\n'), ...low])), /audio sensor/);
    await assert.rejects(
      openBytes(Uint8Array.from([...text('#!AER-DAT2.0\r\n'), ...jaerRecord(0x7fff0000, 1)])),
      /too large/,
    );
  });

  it('refuses chips that it does not know by name', async () => {
    const named = (chip: string) => Uint8Array.from(text(`#!AER-DAT2.0\r\n# AEChip: ${chip}\r\n`));
    await assert.rejects(openBytes(named('ch.unizh.ini.jaer.chip.cochlea.CochleaAMS1c')), /audio sensor/);
    await assert.rejects(openBytes(named('eu.seebetter.ini.chips.DVS132S')), /DVS132S/);
    await assert.rejects(openBytes(named('chip.DVS128StereoPair')), /DVS128StereoPair/);
  });

  it('puts frames and IMU samples of a DAVIS together, whichever part is asked for', async () => {
    const bytes = Uint8Array.from([...DAVIS_HEAD, ...davisFrames(3), ...imuWords(1000, 42)]);
    const recording = await openBytes(bytes);
    const frames = await samplesOf(recording, 'frame');
    assert.deepEqual(
      frames.map((frame) => frame.kind === 'frame' && [frame.width, frame.height, frame.t, frame.pixels[0]]),
      [0, 1, 2].map((frame) => [240, 180, frame * 100, (frame + 1) * 10]),
    );
    assert.deepEqual(await samplesOf(recording, 'frame', 100, 200), [frames[1]]);
    assert.deepEqual(await samplesOf(recording, 'frame', 200, 201), [frames[2]]);
    const [imu] = await samplesOf(recording, 'imu');
    assert.ok(imu?.kind === 'imu');
    assert.deepEqual(imu.acceleration, [1000 / 8192, -1000 / 8192, 1000 / 8192]);
    assert.equal(imu.temperature, -1000 / 340 + 35);
    assert.deepEqual((await readEvents(recording)).rows, []);
  });
});

/** All resets of a frame column by column, then all signals, `count` times. */
function davisFrames(count: number): number[] {
  const bytes: number[] = [];
  for (let frame = 0; frame < count; frame++) {
    for (const [read, value] of [
      [0, 800],
      [1, 800 - (frame + 1) * 40],
    ] as const) {
      for (let column = 0; column < 240; column++) {
        for (let row = 0; row < 180; row++) {
          const address = (0x80000000 | (row << 22) | (column << 12) | (read << 10) | value) >>> 0;
          for (const byte of jaerRecord(address, frame * 100)) {
            bytes.push(byte);
          }
        }
      }
    }
  }
  return bytes;
}

/** A whole sample with values +value, -value, …, and the beginning of one that is cut. */
function imuWords(value: number, t: number): number[] {
  return [0, 1, 2, 3, 4, 5, 6, 0, 1].flatMap((code, index) =>
    jaerRecord((0x80000c00 | (code << 28) | (((index % 2 === 0 ? value : -value) & 0xffff) << 12)) >>> 0, t),
  );
}

describe('AEDAT 3.1', () => {
  const HEAD = text('#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DVS128\r\n#!END-HEADER\r\n');
  const polarity = (x: number, y: number, p: number, t: number) => {
    const word = (x << 17) | (y << 2) | (p << 1) | 1;
    return [...uint32(word), ...uint32(t)];
  };
  const uint32 = (value: number) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
  const float = (value: number) => [...new Uint8Array(Float32Array.of(value).buffer)];

  it('adds timestamp overflows of 2^31 µs and passes over spare capacity', async () => {
    const packets = [
      ...aedat3Packet(1, 8, 0, 2, [polarity(5, 6, 1, 7)]),
      ...aedat3Packet(12, 3, 0, 5, []),
      ...aedat3Packet(1, 8, 2, 1, [polarity(127, 126, 0, 9)]),
    ];
    const { rows, warnings } = await decodeBytes(Uint8Array.from([...HEAD, ...packets]));
    assert.deepEqual(rows, [
      [7, 5, 6, 1],
      [2 ** 32 + 9, 127, 126, 0],
    ]);
    assert.deepEqual(warnings, []);
  });

  it('shows special events, IMU samples and frames as tracks', async () => {
    const special = [...uint32((2 << 1) | 1), ...uint32(11)];
    const imu = [...uint32(1), ...uint32(12), ...[1, 2, 3, 4, 5, 6, 30].flatMap(float)];
    const frame = [
      ...uint32((1 << 1) | 1),
      ...[1, 2, 13, 17, 2, 1, 0, 0].flatMap(uint32),
      ...[0xff00, 0x1234].flatMap((value) => [value & 0xff, value >> 8]),
    ];
    const packets = [
      ...aedat3Packet(0, 8, 0, 1, [special]),
      ...aedat3Packet(3, imu.length, 0, 1, [imu]),
      ...aedat3Packet(2, frame.length, 0, 2, [frame]),
    ];
    const recording = await openBytes(Uint8Array.from([...HEAD, ...packets]));
    assert.deepEqual(await samplesOf(recording, 'trigger'), [
      { kind: 'trigger', t: 11, label: 'external rising', level: 1 },
    ]);
    assert.deepEqual(await samplesOf(recording, 'imu'), [
      { kind: 'imu', t: 12, acceleration: [1, 2, 3], rotation: [4, 5, 6], temperature: 30 },
    ]);
    assert.deepEqual(await samplesOf(recording, 'frame'), [
      {
        kind: 'frame',
        t: 13,
        exposure: 4,
        width: 2,
        height: 1,
        channels: 1,
        pixels: Uint8Array.of(0xff, 0x12),
      },
    ]);
    assert.deepEqual((await readEvents(recording)).rows, []);
  });

  it('gives the events before a packet that makes no sense and says where it is', async () => {
    const good = aedat3Packet(1, 8, 0, 1, [polarity(1, 2, 1, 3)]);
    const bad = aedat3Packet(1, 0, 0, 1, [[]]);
    const { rows, warnings } = await decodeBytes(Uint8Array.from([...HEAD, ...good, ...bad, 1, 2, 3]));
    assert.equal(rows.length, 1);
    assert.equal(warnings[0]?.byteOffset, HEAD.length + good.length);
  });

  it('reads the source that is asked for', async () => {
    const two = text(
      '#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DVS128\r\n#Source 2: DAVIS240C\r\n#!END-HEADER\r\n',
    );
    const packet = encodeAedat3([[5, 6, 7, 1]]).subarray(HEAD.length);
    const other = aedat3Packet(1, 8, 0, 1, [polarity(200, 150, 0, 9)]);
    other[2] = 2;
    const bytes = Uint8Array.from([...two, ...packet, ...other]);
    const first = await decodeBytes(bytes);
    assert.deepEqual(first.info.streams, ['1: DVS128', '2: DAVIS240C']);
    assert.deepEqual(first.rows, [[5, 6, 7, 1]]);
    const second = await decodeBytes(bytes, { stream: '2: DAVIS240C' });
    assert.deepEqual(second.rows, [[9, 200, 150, 0]]);
    assert.deepEqual(second.info.size?.value, { width: 240, height: 180 });
    await assert.rejects(openBytes(bytes, { stream: '3' }), /no stream "3"/);
  });

  it('refuses other formats and versions by name', async () => {
    const head = (lines: string) => Uint8Array.from(text(lines));
    await assert.rejects(
      openBytes(head('#!AER-DAT3.1\r\n#Format: SerializedTS\r\n#!END-HEADER\r\n')),
      /SerializedTS/,
    );
    await assert.rejects(openBytes(head('#!AER-DAT3.0\r\n#Format: RAW\r\n')), /3\.0/);
  });
});
