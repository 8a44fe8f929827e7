import assert from 'node:assert/strict';
import type { TrackSample } from '../../../engine/events/tracks';
import { decodeBytes, openBytes } from '../../tools/recordings';

const text = (value: string) => [...new TextEncoder().encode(value)];

/** A file of a header and little-endian words of so many bytes. */
function file(header: string, wordBytes: 2 | 4 | 8, words: readonly (number | bigint)[]): Uint8Array {
  const head = text(header);
  const bytes = new Uint8Array(head.length + words.length * wordBytes);
  bytes.set(head);
  words.forEach((word, index) => {
    for (let byte = 0; byte < wordBytes; byte++) {
      bytes[head.length + index * wordBytes + byte] = Number((BigInt(word) >> BigInt(8 * byte)) & 0xffn);
    }
  });
  return bytes;
}

const header = (format: string) => `% evt ${format}\n% geometry 1280x720\n% end\n`;
const evt2 = (words: readonly number[]) => file(header('2.0'), 4, words);
const evt3 = (words: readonly number[]) => file(header('3.0'), 2, words);

async function samplesOf(bytes: Uint8Array): Promise<TrackSample[]> {
  const recording = await openBytes(bytes);
  const samples: TrackSample[] = [];
  for await (const sample of recording.tracks[0]!.samples(
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  )) {
    samples.push(sample);
  }
  return samples;
}

describe('Prophesee RAW header', () => {
  const size = async (lines: string) => (await decodeBytes(file(lines, 4, []))).info.size;

  it('tells the size from format, then geometry, then system_ID', async () => {
    assert.deepEqual(await size('% format EVT2;height=720;width=1280\n% geometry 640x480\n% end\n'), {
      value: { width: 1280, height: 720 },
      how: 'header key format',
    });
    assert.equal(
      (await size('% evt 2.0\n% geometry 640x480\n% system_ID 48\n% end\n'))?.how,
      'header key geometry',
    );
    assert.deepEqual(await size('% evt 2.0\n% system_ID 49\n% end\n'), {
      value: { width: 1280, height: 720 },
      how: 'system_ID 49',
    });
    assert.equal(await size('% evt 2.0\n% end\n'), undefined);
  });

  it('warns of sizes that no sensor has', async () => {
    const told = async (bytes: Uint8Array) =>
      (await decodeBytes(bytes)).warnings.map(({ message }) => message).join('\n');
    const raw = file('% evt 2.0\n% geometry 99999999x99999999\n% end\n', 4, []);
    assert.match(await told(raw), /header key geometry .*99999999 x 99999999.* ignored/);
    const format = file('% format EVT2;height=0;width=99999999\n% end\n', 4, []);
    assert.match(await told(format), /header key format .*99999999 x 0.* ignored/);
    const dat = Uint8Array.from([
      ...text('% Width 99999999\n% Height 240\n% Version 2\n'),
      ...[0x0c, 8, 1, 0, 0, 0, 0, 0, 0, 0],
    ]);
    assert.match(await told(dat), /header keys Width and Height .*99999999 x 240.* ignored/);
    assert.equal(await told(file('% evt 2.0\n% geometry 640x480\n% end\n', 4, [])), '');
  });

  it('warns where format and geometry disagree', async () => {
    const bytes = file('% format EVT2;height=720;width=1280\n% geometry 640x480\n% end\n', 4, []);
    const { warnings } = await decodeBytes(bytes);
    assert.match(warnings[0]?.message ?? '', /disagree/);
  });

  it('tells the words from system_ID alone', async () => {
    const { info } = await decodeBytes(file('% system_ID 30\n% end\n', 4, []));
    assert.equal(info.format.value, 'evt3');
  });

  it('refuses other words by name', async () => {
    await assert.rejects(openBytes(file('% format EVT4;height=720;width=1280\n% end\n', 4, [])), /EVT4/);
    await assert.rejects(openBytes(file('% format HISTO3D\n% end\n', 4, [])), /HISTO3D/);
  });

  it('takes data that begin with a percent sign for data', async () => {
    // y 0x125 (low byte 0x25), x 4 (next byte 0x21), OFF, after a TIME_HIGH: bytes 25 21 00 00.
    const bytes = file('% evt 2.0\n% system_ID 21\n', 4, [0x00002125, 0x80000001, 0x00002125]);
    const { rows } = await decodeBytes(bytes);
    assert.deepEqual(rows, [[64, 4, 0x125, 0]]);
  });
});

describe('EVT2', () => {
  it('decodes the words of the format notes and drops events before the first TIME_HIGH', async () => {
    const event = (p: number, low: number, x: number, y: number) =>
      ((p << 28) | (low << 22) | (x << 11) | y) >>> 0;
    const { rows } = await decodeBytes(
      evt2([
        event(1, 5, 1, 1),
        0x80000010,
        event(1, 5, 100, 200),
        0xe0000000,
        0xf1234567,
        event(0, 63, 1279, 719),
      ]),
    );
    assert.deepEqual(rows, [
      [16 * 64 + 5, 100, 200, 1],
      [16 * 64 + 63, 1279, 719, 0],
    ]);
  });

  it('adds 2^34 µs when TIME_HIGH wraps, and only warns when it steps back a little', async () => {
    const wrapped = await decodeBytes(evt2([0x8fffffff, 0, 0x80000000, 0]));
    assert.deepEqual(
      wrapped.rows.map(([t]) => t),
      [2 ** 34 - 64, 2 ** 34],
    );
    const back = await decodeBytes(evt2([0x80000010, 0, 0x8000000f, 0]));
    assert.deepEqual(
      back.rows.map(([t]) => t),
      [1024, 960],
    );
    assert.match(back.warnings[0]?.message ?? '', /steps back/);
    assert.equal(back.warnings[0]?.byteOffset, text(header('2.0')).length + 8);
  });

  it('shows triggers as a track', async () => {
    const trigger = ((0xa << 28) | (7 << 22) | (6 << 8) | 1) >>> 0;
    assert.deepEqual(await samplesOf(evt2([0x80000001, 0, trigger])), [
      { kind: 'trigger', t: 71, label: 'channel 6', level: 1 },
    ]);
  });

  it('leaves out events beyond the sensor and counts them', async () => {
    const { rows, warnings } = await decodeBytes(
      evt2([0x80000001, (1279 << 11) | 719, (1280 << 11) | 0, 720, 5]),
    );
    assert.deepEqual(
      rows.map(([, x, y]) => [x, y]),
      [
        [1279, 719],
        [0, 5],
      ],
    );
    assert.deepEqual(warnings, [{ message: 'events outside the 1280 x 720 sensor were left out', count: 2 }]);
  });
});

describe('EVT2.1', () => {
  const time = 0x8000000100000000n;
  /** The example of the format notes. */
  const example = 0x0102030405060708n;
  const columns = [3, 8, 9, 10, 17, 18, 24, 26].map((bit) => 64 + bit);

  it('has the mask first in little endian', async () => {
    const { rows } = await decodeBytes(
      file('% format EVT21;endianness=little;height=800;width=1280\n% end\n', 8, [time, example]),
    );
    assert.deepEqual(
      rows,
      columns.map((x) => [64 + 4, x, 0x304, 0]),
    );
  });

  it('has the header first in the legacy order, also where no line says so', async () => {
    const swapped = (word: bigint) => ((word & 0xffffffffn) << 32n) | (word >> 32n);
    for (const line of [
      '% format EVT21;endianness=legacy;height=800;width=1280',
      '% evt 2.1\n% geometry 1280x800',
    ]) {
      const words = [time, example, ...new Array(20).fill(0x0100000000000001n)];
      const { rows } = await decodeBytes(file(`${line}\n% end\n`, 8, words.map(swapped)));
      assert.deepEqual(
        rows.slice(0, columns.length),
        columns.map((x) => [64 + 4, x, 0x304, 0]),
      );
      assert.equal(rows.length, columns.length + 20);
    }
  });
});

describe('EVT3', () => {
  const times = async (words: number[]) => (await decodeBytes(evt3(words))).rows.map(([t]) => t);

  it('keeps row, vector column and vector polarity between words', async () => {
    const { rows } = await decodeBytes(
      evt3([
        0x2005, // a pixel before the first TIME_HIGH has no time
        0x8001,
        0x6002,
        0x0007, // row 7
        0x3814, // vector at 20, ON
        0x4801, // pixels 0 and 11
        0x2064, // a single OFF pixel does not move the vector
        0x5081, // pixels 0 and 7 of a lone vector of 8, 12 columns on
        0x4001,
      ]),
    );
    assert.deepEqual(rows, [
      [4098, 20, 7, 1],
      [4098, 31, 7, 1],
      [4098, 100, 7, 0],
      [4098, 32, 7, 1],
      [4098, 39, 7, 1],
      [4098, 40, 7, 1],
    ]);
  });

  it('lets the low time step back without a wrap, and repeats of the high time change nothing', async () => {
    assert.deepEqual(
      await times([0x8001, 0x632b, 0x2000, 0x8001, 0x2000, 0x6320, 0x2000]),
      [4907, 4907, 4896],
    );
  });

  it('takes the low time for 0 after a new high time', async () => {
    assert.deepEqual(await times([0x8001, 0x6fff, 0x2000, 0x8002, 0x2000]), [8191, 8192]);
  });

  it('adds 2^24 µs when the high time falls by half its range or more', async () => {
    assert.deepEqual(await times([0x8fff, 0x2000, 0x8000, 0x2000]), [4095 * 4096, 2 ** 24]);
    assert.deepEqual(await times([0x8010, 0x2000, 0x800f, 0x2000]), [16 * 4096, 15 * 4096]);
  });

  it('shows triggers as a track', async () => {
    assert.deepEqual(await samplesOf(evt3([0xa600, 0x8000, 0x6009, 0xa600, 0xa601])), [
      { kind: 'trigger', t: 9, label: 'channel 6', level: 0 },
      { kind: 'trigger', t: 9, label: 'channel 6', level: 1 },
    ]);
  });
});

describe('DAT', () => {
  const dat = (lines: string, type: number, ...words: number[]) => {
    const head = [...text(lines), type, 8];
    return Uint8Array.from([...head, ...file('', 4, words)]);
  };

  it('takes any of the four polarity bits for ON in version 2', async () => {
    const { rows, info } = await decodeBytes(dat('% Version 2\n', 0x0c, 7, (2 << 28) | (239 << 14) | 303));
    assert.deepEqual(rows, [[7, 303, 239, 1]]);
    assert.equal(info.size, undefined);
  });

  it('tells version 1 from the bits in use where no line does', async () => {
    const { rows, info } = await decodeBytes(dat('% Date 2014\n', 0, 9, (1 << 17) | (200 << 9) | 300));
    assert.deepEqual(rows, [[9, 300, 200, 1]]);
    assert.equal(info.version?.value, '1');
  });

  it('is known without header lines when times run forwards', async () => {
    const words = Array.from({ length: 20 }, (_, index) => [index * 10, (5 << 14) | index]).flat();
    const { rows, info } = await decodeBytes(dat('', 0x0c, ...words));
    assert.equal(info.format.value, 'dat');
    assert.equal(rows.length, 20);
  });

  it('goes on counting where its 32 bits wrap', async () => {
    const { rows } = await decodeBytes(dat('% Version 2\n', 0, 0xffffffff, 0, 3, 0));
    assert.deepEqual(
      rows.map(([t]) => t),
      [2 ** 32 - 1, 2 ** 32 + 3],
    );
  });

  it('refuses trigger files by name', async () => {
    await assert.rejects(openBytes(dat('% Version 2\n', 0x0e, 1, 1)), /external triggers/);
  });
});
