import assert from 'node:assert/strict';
import { CommanderError } from 'commander';
import { eventsGroup } from '../../../engine/commands/events/eventsGroup';
import type { Output } from '../../../engine/commands/output';
import { type RecordingFolder, recordingFolder, steadyRows } from '../events/recordingFolder';

describe('events convert, cut and render', () => {
  let folder: RecordingFolder;
  beforeEach(async () => {
    folder = await recordingFolder();
    await folder.write('a.raw', steadyRows(1000, 100, 7000));
  });
  afterEach(() => folder.remove());

  /** Runs a command; answers what it printed and noted. */
  async function events(...given: string[]): Promise<{ printed: string[]; notes: string[] }> {
    const printed: string[] = [];
    const notes: string[] = [];
    const output: Output = {
      print: (line) => printed.push(line),
      note: (line) => notes.push(line),
      transient: () => {},
    };
    const group = eventsGroup(
      (command) =>
        async (...args) =>
          void (await command(...args)),
      output,
    );
    for (const command of [group, ...group.commands]) {
      command.exitOverride().configureOutput({ writeErr: () => {} });
    }
    await group.parseAsync(given, { from: 'user' });
    return { printed, notes };
  }

  it('cuts a range given from the first event, with units', async () => {
    const { printed } = await events(
      'cut',
      folder.file('a.raw'),
      folder.file('b.csv'),
      '--from',
      '+10ms',
      '--to',
      '+0.02s',
    );
    assert.match(printed.join('\n'), /100 events in .*b\.csv/);
    const { rows } = await folder.read('b.csv');
    assert.equal(rows[0]![0], 17_000);
    assert.equal(rows.at(-1)![0], 26_900);
  });

  it('wants a range to cut', async () => {
    await assert.rejects(events('cut', folder.file('a.raw'), folder.file('b.csv')), /needs a time range/);
  });

  it('applies region, polarity and filters in order and prints the reduction of each', async () => {
    const filters = [
      '--filter',
      'Decimation:n=2',
      '--filter',
      'RefractoryPeriod:1ms',
      '--polarity',
      'on',
      '--roi',
      '0,0,32,48',
    ];
    const { printed } = await events('convert', folder.file('a.raw'), folder.file('b.npy'), ...filters);
    const names = printed.slice(0, 4).map((line) => line.split(':')[0]);
    assert.deepEqual(names, ['Crop', 'Polarity', 'Decimation', 'RefractoryPeriod']);
    assert.match(printed[0]!, /^Crop: 1000 -> \d+ events \(\d+\.\d % kept\)$/);
  });

  it('takes the format by name, lets times start at 0, and says so', async () => {
    const { notes } = await events(
      'convert',
      folder.file('a.raw'),
      folder.file('b.data'),
      '--format',
      'aedat4',
      '--rebase',
    );
    assert.ok(notes.some((note) => note.includes('7000 µs were subtracted')));
    assert.equal((await folder.read('b.data')).rows[0]![0], 0);
  });

  it('replaces a file only when told', async () => {
    await folder.write('b.csv', steadyRows(1, 1));
    await assert.rejects(events('convert', folder.file('a.raw'), folder.file('b.csv')), /already/);
    await events('convert', folder.file('a.raw'), folder.file('b.csv'), '--force');
    assert.equal((await folder.read('b.csv')).rows.length, 1000);
  });

  it('draws', async () => {
    const { printed } = await events(
      'render',
      folder.file('a.raw'),
      folder.file('b.png'),
      '--colors',
      'light',
    );
    assert.match(printed.join('\n'), /1 picture in .*b\.png/);
  });

  it('refuses arguments that do not fit, with what would', async () => {
    const refused = (...given: string[]) =>
      assert.rejects(events('convert', folder.file('a.raw'), folder.file('b.csv'), ...given), (error) => {
        assert.ok(error instanceof CommanderError);
        return true;
      });
    await refused('--from', 'soon');
    await refused('--roi', '1,2,3');
    await refused('--roi', '1,2,0,4');
    await refused('--polarity', 'up');
    await refused('--filter', 'Denoise:tau=4');
    await assert.rejects(events('convert', folder.file('a.raw'), folder.file('b.xyz')), /"\.xyz"/);
    assert.deepEqual(await folder.names(), ['a.raw']);
  });
});
