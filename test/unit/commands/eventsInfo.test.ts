import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { info } from '../../../engine/commands/events/info';
import { EXIT, type Output } from '../../../engine/commands/output';
import { encodeAtis, encodeEvt2 } from '../../tools/wordEncoders';

/** Keeps what a command prints. */
function recordedOutput() {
  const lines: string[] = [];
  const notes: string[] = [];
  const output: Output = {
    print: (line) => lines.push(line),
    note: (line) => notes.push(line),
    transient: () => {},
  };
  return { lines, notes, output };
}

describe('spikebridge events info', () => {
  let folder: string;
  const file = (name: string) => path.join(folder, name);

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'info-'));
    await writeFile(
      file('a.raw'),
      encodeEvt2([
        [100, 10, 20, 1],
        [200, 30, 40, 0],
        [1100, 50, 60, 1],
      ]),
    );
    await writeFile(file('b.bin'), encodeAtis([[5, 33, 20, 1]]));
    await writeFile(file('c.txt'), 'no recording at all\n');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('prints every fact as JSON with how it was found', async () => {
    const { lines, output } = recordedOutput();
    assert.equal(await info([file('a.raw')], { json: true }, output), EXIT.ok);
    const { found, ...facts } = JSON.parse(lines[0]!);
    assert.deepEqual(facts, {
      file: file('a.raw'),
      format: 'evt2',
      version: 'EVT 2.0',
      sensor: null,
      width: 640,
      height: 480,
      events: 3,
      onEvents: 2,
      firstTimestamp: 100,
      lastTimestamp: 1100,
      duration: 1000,
      backwardSteps: 0,
      largestBackwardStep: 0,
      meanRate: 3000,
      meanX: 30,
      meanY: 40,
      stream: 'events',
      streams: ['events'],
      tracks: [],
      properties: [
        ['date', '2024-01-01 00:00:00'],
        ['format', 'EVT2;height=480;width=640'],
      ],
      warnings: [],
    });
    assert.equal(found.width, 'header key format');
  });

  it('takes the extent of the events for a size that nothing tells, and what the user says before that', async () => {
    const { lines, output } = recordedOutput();
    await info([file('b.bin')], { json: true }, output);
    await info([file('b.bin')], { json: true, size: { width: 35, height: 36 }, flipX: true }, output);
    const [found, told] = lines.map((line) => JSON.parse(line));
    assert.deepEqual([found.width, found.height], [34, 21]);
    assert.match(found.found.width, /not in the file/);
    assert.deepEqual([told.width, told.height, told.meanX, told.found.width], [35, 36, 1, 'set by the user']);
  });

  it('knows no size, times or rates of a recording without events, and says why', async () => {
    await writeFile(file('empty.csv'), 't,x,y,p\n');
    const { lines, output } = recordedOutput();
    assert.equal(await info([file('empty.csv')], { json: true }, output), EXIT.ok);
    const { events, width, height, firstTimestamp, meanRate, found } = JSON.parse(lines[0]!);
    assert.deepEqual([events, width, height, firstTimestamp, meanRate], [0, null, null, null, null]);
    assert.equal(found.width, 'not in the file, and no events tell it');
    assert.equal(found.meanRate, 'the recording holds no events');
  });

  it('tells the duration from lowest to highest where timestamps step back', async () => {
    await writeFile(file('falling.csv'), 't,x,y,p\n3000,1,2,1\n2000,3,4,0\n1000,3,4,0\n');
    const { lines, output } = recordedOutput();
    await info([file('falling.csv')], { json: true }, output);
    const { firstTimestamp, lastTimestamp, duration, meanRate, found } = JSON.parse(lines[0]!);
    assert.deepEqual([firstTimestamp, lastTimestamp, duration, meanRate], [3000, 1000, 2000, 1500]);
    assert.equal(found.duration, 'highest - lowest timestamp, as timestamps step back');
    assert.equal(found.meanRate, 'events / duration');
  });

  it('says that standard input is not read', async () => {
    const { notes, output } = recordedOutput();
    assert.equal(await info(['-'], {}, output), EXIT.usage);
    assert.match(notes.join('\n'), /standard input is not read/);
  });

  it('prints what numbers mean: shares, seconds, dates, and how columns were understood', async () => {
    await writeFile(file('unix.csv'), 't,x,y,p\n1600000000000000,1,2,1\n1600000001500000,3,4,0\n');
    const { lines, output } = recordedOutput();
    await info([file('unix.csv')], {}, output);
    assert.match(lines[0]!, /onEvents +1 \(50\.0 %\)/);
    assert.match(lines[0]!, /duration +1500000 µs \(1\.5 s\)/);
    assert.match(lines[0]!, /firstTimestamp +1600000000000000 µs \(2020-09-13 12:26:40 UTC\)/);
    assert.match(lines[0]!, /property +columns: txyp \(names of the columns\)/);
    assert.match(lines[0]!, /property +time unit: us \(whole times\)/);
    assert.doesNotMatch(lines[0]!, /^version/m);
  });

  it('fails when one file is refused, and still prints the others', async () => {
    const { lines, notes, output } = recordedOutput();
    const files = ['c.txt', 'a.raw', 'missing.raw'].map(file);
    assert.equal(await info(files, {}, output), EXIT.failure);
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /events +3/);
    assert.equal(notes.filter((note) => note.startsWith('error:')).length, 2);
    const json = recordedOutput();
    await info(files, { json: true }, json.output);
    const results = json.lines.map((line) => JSON.parse(line));
    assert.equal(results.length, 3);
    assert.match(results[0].error.message, /text file/);
  });

  it('says how often timestamps step back and by how much at most', async () => {
    await writeFile(
      file('back.raw'),
      encodeEvt2([
        [6400, 1, 1, 1],
        [100, 2, 2, 0],
        [90, 3, 3, 1],
        [7000, 4, 4, 1],
      ]),
    );
    const { lines, output } = recordedOutput();
    await info([file('back.raw')], { json: true }, output);
    const facts = JSON.parse(lines[0]!);
    assert.deepEqual([facts.backwardSteps, facts.largestBackwardStep], [2, 6300]);
    assert.ok(facts.warnings.some(({ message }: { message: string }) => message.includes('up to 6300 µs')));
  });

  it('tells options that fit no file from files that cannot be read', async () => {
    const { output } = recordedOutput();
    assert.equal(await info([file('a.raw')], { stream: 'left' }, output), EXIT.usage);
    assert.equal(await info([file('a.raw'), file('c.txt')], { stream: 'left' }, output), EXIT.failure);
  });

  it('warns of options that a format has no use for', async () => {
    const { notes, output } = recordedOutput();
    await info([file('a.raw')], { columns: 'txyp', timeUnit: 's' }, output);
    assert.deepEqual(
      notes.map((note) => note.split(':')[1]),
      [' --columns has no effect', ' --time-unit has no effect'],
    );
  });
});
