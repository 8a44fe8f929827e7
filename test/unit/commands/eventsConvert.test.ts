import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { CommanderError } from 'commander';
import sharp from 'sharp';
import { eventsGroup } from '../../../engine/commands/events/eventsGroup';
import type { Output } from '../../../engine/commands/output';
import { SpikeBridgeError } from '../../../engine/errors';
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
    assert.match(printed.join('\n'), /1 picture of \d+ events in .*b\.png/);
  });

  it('magnifies by whole factors, and refuses frames where there are none', async () => {
    const [input, png] = ['a.raw', 'b.png'].map(folder.file) as [string, string];
    const refused = (expected: RegExp, ...given: string[]) =>
      assert.rejects(events('render', input, png, ...given), expected);
    await refused(/cannot be used with/, '--scale', '2', '--picture', '8x8');
    await refused(/a whole number from 1 to 99/, '--scale', '1.5');
    await refused(/has no camera frames/, '--frames');
    const sides: (number | undefined)[] = [];
    for (const given of [[], ['--scale', '3']]) {
      await events('render', input, png, '--size', '64x48', '--force', ...given);
      sides.push((await sharp(png).metadata()).height);
    }
    assert.deepEqual(sides, [288, 144]);
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

  it('refuses options that say nothing about the output, by name', async () => {
    const refused = (message: RegExp, ...given: string[]) =>
      assert.rejects(events(...given), (error) => {
        assert.ok(error instanceof SpikeBridgeError && error.category === 'usage', String(error));
        assert.match(error.message, message);
        return true;
      });
    const [input, png, gif] = ['a.raw', 'b.png', 'b.gif'].map(folder.file);
    await refused(/^--fps does not apply: a PNG is one picture/, 'render', input!, png!, '--fps', '30');
    await refused(/^--fps and --speed do not apply/, 'render', input!, '-', '--fps', '25', '--speed', '1');
    await refused(/50 are the most/, 'render', input!, gif!, '--fps', '60');
    await refused(/^--force does not apply/, 'render', input!, '-', '--force');
    await refused(/^--force does not apply/, 'convert', input!, '-', '--force');
    await refused(/^--force does not apply/, 'cut', input!, '-', '--from', '+1ms', '--force');
    assert.deepEqual(await folder.names(), ['a.raw']);
    await events('render', input!, gif!, '--fps', '30', '--speed', '2');
  });

  it('asks for a size where neither the file nor an event tells one, and draws an empty picture of it', async () => {
    await writeFile(folder.file('empty.csv'), 't,x,y,p\n');
    await assert.rejects(events('render', folder.file('empty.csv'), folder.file('b.png')), (error) => {
      assert.ok(error instanceof SpikeBridgeError && error.category === 'usage');
      assert.match(error.message, /holds no events and does not tell the size/);
      assert.match(error.nextStep, /--size WIDTHxHEIGHT/);
      return true;
    });
    const sized = ['render', folder.file('empty.csv'), folder.file('b.png'), '--size', '64x48'];
    assert.match((await events(...sized)).notes.join(), /0 events were drawn/);
    await assert.rejects(
      events('convert', folder.file('empty.csv'), folder.file('b.raw')),
      /the recording holds no events/,
    );
    assert.deepEqual(await folder.names(), ['a.raw', 'b.png', 'empty.csv']);
  });

  it('leaves exit codes to the program, and says them and the filters in its help', async () => {
    const group = eventsGroup(() => async () => {}, { print() {}, note() {}, transient() {} });
    const convert = group.commands.find((command) => command.name() === 'convert')!;
    let help = '';
    for (const command of [group, ...group.commands]) {
      command.configureOutput({ writeErr() {}, writeOut: (text) => (help += text) });
    }
    // Without exitOverride these would end the process.
    await assert.rejects(
      group.parseAsync(['convert', 'a', 'b', '--size', '0x3'], { from: 'user' }),
      CommanderError,
    );
    convert.outputHelp();
    assert.match(help, /Exit codes: 0 done; 1 .*Ctrl-C; 2 .*\nexists already \(--force/);
    assert.match(help, /filter_time: a number above 0, default 10000\..* in µs/);
  });

  it('writes CSV to standard output, with words elsewhere, and refuses what needs a file', async () => {
    const written: Buffer[] = [];
    const { write } = process.stdout;
    process.stdout.write = ((bytes: Buffer, done: () => void) => {
      written.push(bytes);
      done();
      return true;
    }) as typeof write;
    const { printed, notes } = await events('convert', folder.file('a.raw'), '-').finally(() => {
      process.stdout.write = write;
    });
    const lines = Buffer.concat(written).toString().trim().split('\n');
    assert.deepEqual([lines.length, lines[0], lines[1]], [1001, 't_us,x,y,p', '7000,0,0,0']);
    assert.deepEqual(printed, []);
    assert.ok(notes.includes('1000 events in standard output'));
    await assert.rejects(
      events('convert', folder.file('a.raw'), '-', '--format', 'npz'),
      /npz cannot go to standard output/,
    );
  });

  it('warns where the suffix promises another format, and of tracks only where they hold something', async () => {
    const mixed = await events('convert', folder.file('a.raw'), folder.file('b.csv'), '--format', 'aedat4');
    assert.ok(mixed.notes.some((note) => /^warning: .*b\.csv will hold aedat4.*promises csv$/.test(note)));
    assert.ok(!mixed.notes.some((note) => note.includes('only events were written')));
  });

  it('warns of a picture without events', async () => {
    const { printed, notes } = await events(
      'render',
      folder.file('a.raw'),
      folder.file('b.png'),
      '--from',
      '1000s',
    );
    assert.match(printed.join('\n'), /^1 picture of 0 events in/);
    assert.ok(notes.some((note) => note.startsWith('warning: 0 events were drawn')));
  });
});
