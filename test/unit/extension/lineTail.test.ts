import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { LineTail } from '../../../extension/runs/lineTail';

describe('LineTail', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'spikebridge-tail-'));
    file = path.join(folder, 'metrics.jsonl');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('has nothing while the file is missing', async () => {
    assert.deepEqual(await new LineTail(file).read(), { lines: [], reset: false });
  });

  it('keeps a partial last line until its newline arrives', async () => {
    const tail = new LineTail(file);
    await writeFile(file, '{"a":1}\n{"b"');
    assert.deepEqual((await tail.read()).lines, ['{"a":1}']);
    assert.deepEqual((await tail.read()).lines, []);
    await appendFile(file, ':2}\n');
    assert.deepEqual(await tail.read(), { lines: ['{"b":2}'], reset: false });
  });

  it('starts again after the file was truncated', async () => {
    const tail = new LineTail(file);
    await writeFile(file, 'one\ntwo\nthree\n');
    await tail.read();
    await truncate(file, 4);
    assert.deepEqual(await tail.read(), { lines: ['one'], reset: true });
  });

  it('starts again after the file was replaced by a longer one', async () => {
    const tail = new LineTail(file);
    await writeFile(file, 'one\n');
    await tail.read();
    await writeFile(`${file}.tmp`, 'first\nsecond\n');
    await rename(`${file}.tmp`, file);
    assert.deepEqual(await tail.read(), { lines: ['first', 'second'], reset: true });
  });

  it('starts again after the file was rewritten in place', async () => {
    const tail = new LineTail(file);
    await writeFile(file, 'one\n');
    await tail.read();
    await writeFile(file, 'another line\n');
    assert.deepEqual(await tail.read(), { lines: ['another line'], reset: true });
  });

  it('tells once that the file is gone', async () => {
    const tail = new LineTail(file);
    await writeFile(file, 'one\n');
    await tail.read();
    await rm(file);
    assert.deepEqual(await tail.read(), { lines: [], reset: true });
    assert.deepEqual(await tail.read(), { lines: [], reset: false });
  });

  it('yields every line once, however the bytes arrive', async () => {
    const text = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .map((line) => line.replace(/[\r\n\u2028\u2029]/g, '') || 'x');
    const lines = fc.array(
      text.filter((line) => line.trim() !== ''),
      { maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(lines, fc.integer({ min: 1, max: 7 }), async (expected, chunk) => {
        await rm(file, { force: true });
        const tail = new LineTail(file);
        const bytes = Buffer.from(expected.map((line) => `${line}\n`).join(''));
        const seen: string[] = [];
        for (let start = 0; start < bytes.length; start += chunk) {
          await appendFile(file, bytes.subarray(start, start + chunk));
          seen.push(...(await tail.read()).lines);
        }
        assert.deepEqual(seen, expected);
      }),
      { numRuns: 30 },
    );
  });
});
