import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SpikeBridgeError } from '../../../../engine/errors';
import {
  formatByName,
  formatOfFile,
  RECORDING_FORMATS,
} from '../../../../engine/events/writers/recordingFormats';
import { openRecordingWriter, type WriterOptions } from '../../../../engine/events/writers/recordingWriter';
import { batchOf, type EventRow } from '../eventRows';
import { readCsv, readEvt3 } from './byteReader';

const SIZE = { width: 64, height: 48 };
const ROWS: EventRow[] = [
  [10, 1, 2, 1],
  [20, 3, 4, 0],
];

function isError(category: string, ...parts: RegExp[]) {
  return (error: unknown) => {
    assert.ok(error instanceof SpikeBridgeError, String(error));
    assert.equal(error.category, category);
    for (const part of parts) {
      assert.match(`${error.message} ${error.nextStep}`, part);
    }
    return true;
  };
}

describe('RecordingWriter', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-writer-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  function open(name: string, options: Partial<WriterOptions> = {}) {
    return openRecordingWriter(path.join(folder, name), {
      format: formatOfFile(name),
      size: SIZE,
      ...options,
    });
  }

  it('shows the file under its name only when it is finished', async () => {
    for (const { suffixes } of RECORDING_FORMATS) {
      const name = `a${suffixes[0]}`;
      const writer = await open(name);
      await writer.write(batchOf(ROWS));
      assert.ok(!(await readdir(folder)).includes(name), name);
      await writer.finish();
      assert.equal(writer.events, 2);
      assert.deepEqual(await readdir(folder), [name]);
      await rm(path.join(folder, name));
    }
  });

  it('leaves nothing behind when it is aborted, in any format', async () => {
    for (const { suffixes } of RECORDING_FORMATS) {
      const writer = await open(`a${suffixes[0]}`);
      await writer.write(batchOf(ROWS));
      await writer.abort();
      await writer.abort();
      assert.deepEqual(await readdir(folder), [], suffixes[0]);
    }
  });

  it('notices that the HDF5 library could not write, and leaves nothing behind', async () => {
    const { default: system } = await import('node:fs');
    const original = system.writeSync;
    const random = (limit: number) => Math.floor(Math.random() * limit);
    const rows = Array.from({ length: 200_000 }, (_, t): EventRow => [t, random(64), random(48), random(2)]);
    const writer = await open('full.h5');
    let written = 0;
    // A disk that is full after 100 KB; the library writes by this function.
    system.writeSync = ((...args: Parameters<typeof original>) => {
      written += Number(args[3] ?? 0);
      if (written > 100_000) {
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC', errno: -28 });
      }
      return original(...args);
    }) as typeof original;
    try {
      await assert.rejects(
        writer.write(batchOf(rows)).then(() => writer.finish()),
        isError('data', /disk is full, or refused/, /full\.h5|Nothing was left/),
      );
    } finally {
      system.writeSync = original;
    }
    assert.ok(written > 100_000);
    assert.deepEqual(await readdir(folder), []);
  });

  it('leaves nothing behind when an event does not fit', async () => {
    const writer = await open('a.bin');
    await writer.write(batchOf(ROWS));
    await assert.rejects(writer.write(batchOf([[2 ** 23, 1, 1, 1]])), isError('data', /8388608/, /--rebase/));
    assert.deepEqual(await readdir(folder), []);
  });

  it('does not replace a file unless told, even one that appears while it writes', async () => {
    const file = path.join(folder, 'a.csv');
    await writeFile(file, 'kept');
    await assert.rejects(open('a.csv'), isError('usage', /--force/));
    const forced = await open('a.csv', { replace: true });
    await forced.write(batchOf(ROWS));
    await forced.finish();
    assert.deepEqual(readCsv(await readFile(file)), ROWS);
    await rm(file);
    const late = await open('a.csv');
    await writeFile(file, 'kept');
    await assert.rejects(late.finish(), isError('usage', /already/));
    assert.equal(await readFile(file, 'utf8'), 'kept');
    assert.deepEqual(await readdir(folder), ['a.csv']);
  });

  it('names a folder that is not there', async () => {
    await assert.rejects(open('none/a.npy'), isError('data', /folder does not exist/));
  });

  it('refuses what formats cannot hold, naming event and limit', async () => {
    const refuse = async (name: string, rows: readonly EventRow[], ...parts: RegExp[]) => {
      const writer = await open(name, { size: { width: 4096, height: 4096 } });
      await assert.rejects(
        writer.write(batchOf(rows)).then(() => writer.finish()),
        isError('data', ...parts),
      );
    };
    await refuse('a.bin', [[1, 256, 1, 1]], /pixel \(256, 1\)/, /256/);
    await refuse('a.bin', [[1, 1, 240, 1]], /y = 240/, /overflow/);
    await refuse('a.raw', [[1, 2048, 1, 1]], /pixel \(2048, 1\)/);
    await refuse('a.raw', [[2 ** 36, 1, 1, 1]], /--rebase/);
    await refuse('a.dat', [[2 ** 32, 1, 1, 1]], /4294967295/);
    await refuse('a.npy', [[0.5, 1, 1, 1]], /whole µs/);
    await refuse('a.aedat4', [[-1, 1, 1, 1]], /-1 µs/);
    await refuse(
      'a.h5',
      [
        [5, 1, 1, 1],
        [5 + 2 ** 32, 1, 1, 1],
      ],
      /--rebase|shorter/,
    );
  });

  it('refuses events outside the size that the header states', async () => {
    const writer = await open('a.dat');
    await assert.rejects(writer.write(batchOf([[1, 64, 0, 1]])), isError('data', /\(64, 48\)/));
  });

  it('puts events in time order where the format needs it, and keeps the order of the file elsewhere', async () => {
    const shuffled: EventRow[] = [
      [30, 1, 1, 1],
      [20, 2, 1, 1],
      [20, 1, 1, 0],
      [40, 3, 1, 1],
    ];
    for (const name of ['a.raw', 'a.csv']) {
      const writer = await open(name);
      await writer.write(batchOf(shuffled));
      await writer.finish();
    }
    assert.deepEqual(readEvt3(await readFile(path.join(folder, 'a.raw'))).rows, [
      shuffled[1],
      shuffled[2],
      shuffled[0],
      shuffled[3],
    ]);
    assert.deepEqual(readCsv(await readFile(path.join(folder, 'a.csv'))), shuffled);
  });

  it('refuses a time that starts anew where the format needs order', async () => {
    const rising = Array.from({ length: 20_000 }, (_, index): EventRow => [1000 + index, 1, 1, 1]);
    const writer = await open('a.aedat4');
    await writer.write(batchOf(rising));
    await assert.rejects(writer.write(batchOf(rising)), isError('data', /steps back/));
    assert.deepEqual(await readdir(folder), []);
  });

  it('writes recordings without events', async () => {
    for (const { suffixes } of RECORDING_FORMATS) {
      const writer = await open(`a${suffixes[0]}`);
      await writer.finish();
    }
    assert.equal((await readdir(folder)).length, RECORDING_FORMATS.length);
  });
});

describe('recording formats', () => {
  it('are found by suffix and by name', () => {
    assert.equal(formatOfFile('x/y.AEDAT4').format, 'aedat4');
    assert.equal(formatOfFile('a.bs2').format, 'atis');
    assert.equal(formatByName('EVT3').format, 'evt3');
    assert.throws(() => formatOfFile('a.mov'), isError('usage', /"\.mov"/, /--format/));
    assert.throws(() => formatByName('evt9'), isError('usage', /evt9/, /aedat4/));
  });
});
