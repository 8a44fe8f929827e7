import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { RECORDING_CODECS } from '../../../../engine/events/codecs';
import { openRecordingFile } from '../../../../engine/events/openRecordingFile';
import type { RecordingFormat } from '../../../../engine/events/writers/recordingEncoder';
import { formatByName, RECORDING_FORMATS } from '../../../../engine/events/writers/recordingFormats';
import { openRecordingWriter } from '../../../../engine/events/writers/recordingWriter';
import { batchOf, cutRows, type EventRow, rowsOf, sortedRows } from '../eventRows';
import { readAedat4, readAtis, readCsv, readDat, readEvt3, readNpyEvents, readNpzEvents } from './byteReader';

const SIZE = { width: 64, height: 48 };

async function writeFileOf(
  format: RecordingFormat,
  file: string,
  parts: readonly EventRow[][],
  size = SIZE,
): Promise<void> {
  const writer = await openRecordingWriter(file, { format, size, replace: true });
  for (const part of parts) {
    await writer.write(batchOf(part));
  }
  await writer.finish();
}

/** What the engine's own decoder makes of a file. */
async function decoded(file: string): Promise<EventRow[]> {
  const recording = await openRecordingFile(file, { size: SIZE });
  const reader = await recording.events();
  const rows: EventRow[] = [];
  for (let events = await reader.next(); events; events = await reader.next()) {
    rows.push(...rowsOf(events));
  }
  await reader.close();
  assert.deepEqual(recording.warnings(), []);
  await recording.close();
  return rows;
}

/** Rows with runs along a line at the same time, as sensors give them. */
const runs = fc
  .array(
    fc.tuple(
      fc.nat(40_000),
      fc.nat(SIZE.width - 1),
      fc.nat(SIZE.height - 1),
      fc.constantFrom(0, 1),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 3 }),
    ),
    { minLength: 1, maxLength: 40 },
  )
  .map((list) => {
    let time = 0;
    return list.flatMap(([wait, x, y, polarity, length, stride]) => {
      time += wait;
      return Array.from({ length }, (_, step): EventRow => [time, x + step * stride, y, polarity]).filter(
        (row) => row[1] < SIZE.width,
      );
    });
  });

const READERS: Readonly<Record<string, (bytes: Uint8Array) => EventRow[]>> = {
  aedat4: (bytes) => readAedat4(bytes).rows,
  evt3: (bytes) => readEvt3(bytes).rows,
  dat: (bytes) => readDat(bytes).rows,
  bin: readAtis,
  npy: readNpyEvents,
  npz: readNpzEvents,
  csv: readCsv,
};

describe('written recordings', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-writers-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const format of RECORDING_FORMATS) {
    const read = READERS[format.name];
    if (read) {
      it(`${format.name}: the bytes are those of the format notes`, async () => {
        const file = path.join(folder, `notes${format.suffixes[0]}`);
        await fc.assert(
          fc.asyncProperty(runs, fc.array(fc.nat(200), { maxLength: 4 }), async (rows, places) => {
            await writeFileOf(format, file, cutRows(rows, places));
            assert.deepEqual(read(await readFile(file)), rows);
          }),
          { seed: 51, numRuns: 25 },
        );
      });
    }

    if (!RECORDING_CODECS.some((codec) => codec.format === format.format)) {
      continue;
    }
    it(`${format.name}: the engine's decoder gives the same events`, async () => {
      const file = path.join(folder, `decoded${format.suffixes[0]}`);
      await fc.assert(
        fc.asyncProperty(
          sortedRows(SIZE, 300_000, { minLength: 8, maxLength: 60 }),
          fc.array(fc.nat(60), { maxLength: 3 }),
          async (rows, places) => {
            // Both polarities, and times that are clearly no pixels: text and arrays are known by their values.
            const whole: EventRow[] = [[0, 1, 2, 0], [0, 2, 1, 1], ...rows, [299_999, 63, 47, 1]];
            await writeFileOf(format, file, cutRows(whole, places));
            assert.deepEqual(await decoded(file), whole);
          },
        ),
        { seed: 52, numRuns: 15 },
      );
    });
  }

  it('aedat4: header, streams and data table say what the packets hold', async () => {
    const file = path.join(folder, 'table.aedat4');
    const start = 1_633_953_629_213_182;
    const rows = Array.from({ length: 70_000 }, (_, index): EventRow => {
      return [start + index * 3, index % 64, index % 48, index % 2];
    });
    await writeFileOf(formatByName('aedat4'), file, cutRows(rows, [10, 33_000]));
    const { rows: read, compression, xml, table, packets } = readAedat4(await readFile(file));
    assert.deepEqual(read, rows);
    assert.equal(compression, 1);
    assert.deepEqual(table, packets);
    assert.ok(packets.length > 10 && packets.every(([, stream]) => stream === 0));
    assert.match(xml, /<attr key="sizeX" type="int">64<\/attr>\n<attr key="sizeY" type="int">48<\/attr>/);
    assert.match(xml, /<attr key="source" type="string">/);
    assert.match(xml, /<attr key="typeIdentifier" type="string">EVTS<\/attr>/);
  });

  it('evt3 and dat: headers state version and size', async () => {
    const rows: EventRow[] = [[5, 1, 2, 1]];
    const raw = path.join(folder, 'head.raw');
    await writeFileOf(formatByName('evt3'), raw, [rows]);
    const { lines, words } = readEvt3(await readFile(raw));
    assert.ok(lines.includes('% evt 3.0') && lines.includes('% format EVT3;height=48;width=64'));
    assert.deepEqual(words, [0x8000, 0x6005, 0x0002, 0x2801]);
    const dat = path.join(folder, 'head.dat');
    await writeFileOf(formatByName('dat'), dat, [rows]);
    const head = readDat(await readFile(dat));
    assert.ok(['% Version 2', '% Width 64', '% Height 48'].every((line) => head.lines.includes(line)));
  });

  it('hdf5: columns, millisecond index and offset are those of DSEC', async () => {
    const file = path.join(folder, 'dsec.h5');
    const start = 1_000_000_000_000;
    const rows = Array.from({ length: 70_000 }, (_, index): EventRow => {
      return [start + index * 7 + (index > 50_000 ? 12_345 : 0), index % 64, index % 48, index % 2];
    });
    await writeFileOf(formatByName('hdf5'), file, cutRows(rows, [9]));
    const { File, ready } = await import('h5wasm/node');
    await ready;
    const hdf5 = new File(file, 'r');
    const column = (name: string) => {
      const dataset = hdf5.get(name);
      assert.ok(dataset && 'value' in dataset);
      return dataset.value as ArrayLike<number | bigint>;
    };
    const t = Array.from(column('events/t'), Number);
    assert.deepEqual(
      t,
      rows.map(([time]) => time - start),
    );
    assert.deepEqual(
      Array.from(column('events/x'), Number),
      rows.map((row) => row[1]),
    );
    assert.deepEqual(
      Array.from(column('events/y'), Number),
      rows.map((row) => row[2]),
    );
    assert.deepEqual(
      Array.from(column('events/p'), Number),
      rows.map((row) => row[3]),
    );
    assert.equal(Number(column('t_offset')), start);
    const index = Array.from(column('ms_to_idx'), Number);
    assert.equal(index.length, Math.ceil(t.at(-1)! / 1000) + 1);
    index.forEach((place, millisecond) => {
      assert.ok(place === t.length || t[place]! >= millisecond * 1000);
      assert.ok(place === 0 || t[place - 1]! < millisecond * 1000);
    });
    hdf5.close();
  });
});
