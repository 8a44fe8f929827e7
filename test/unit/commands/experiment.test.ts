import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Option } from 'commander';
import { experimentGroup } from '../../../engine/commands/experiment';
import { experimentRun } from '../../../engine/commands/experimentRun';
import { experimentList, experimentShow, experimentTable } from '../../../engine/commands/experimentTable';
import type { Output } from '../../../engine/commands/output';
import { EXPERIMENTS } from '../../../engine/experiments/catalogue';
import { isSpikeBridgeError } from '../experiments/errors';

describe('experiment commands', () => {
  let printed: string[];
  let folder: string;
  const output: Output = { print: (line) => printed.push(line), note() {}, transient() {} };
  beforeEach(async () => {
    printed = [];
    folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-experiment-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('list every experiment, for people and programs', async () => {
    await experimentList({}, output);
    assert.ok(EXPERIMENTS.every(({ name }) => printed.join('\n').includes(`\n${name} `)));
    printed = [];
    await experimentList({ json: true }, output);
    assert.deepEqual(
      printed.map((line) => JSON.parse(line).name),
      EXPERIMENTS.map(({ name }) => name),
    );
  });

  it('show rows with their published numbers, what is missing and where data lie', async () => {
    await experimentShow('n-caltech101', {}, output);
    const text = printed.join('\n');
    assert.match(text, /ktl +KTL, full method \(run 22\) +42, 1024, 90210 +92\.64 /);
    assert.match(text, /fine-tune +static pre-training \+ fine-tuning .* 79\.43 /);
    assert.match(text, /--data DIR holds N-Caltech101\//);
    printed.length = 0;
    await experimentShow('cep-dvs', {}, output);
    assert.match(printed.join('\n'), /Missing: loss landscape/);
  });

  it('leave wrong options to the program, which ends with the code of wrong usage', async () => {
    const backendOption = () => new Option('--backend <name>');
    const group = experimentGroup(() => async () => {}, output, backendOption);
    for (const command of [group, ...group.commands]) {
      command.configureOutput({ writeErr: () => undefined });
    }
    const parse = (...given: string[]) => group.parseAsync(['node', 'spikebridge', ...given]);
    await assert.rejects(parse('run', 'n-caltech101'), { code: 'commander.missingMandatoryOptionValue' });
    await assert.rejects(parse('show'), { code: 'commander.missingArgument' });
    await assert.rejects(parse('list', '--jsn'), { code: 'commander.unknownOption' });
  });

  const common = { shrink: 1, set: [], jobs: 1 };
  it('refuse options that do not fit, before anything is written', async () => {
    const run = (more: object) =>
      experimentRun('nmnist-1k', { ...common, data: folder, out: folder, ...more }, output);
    await assert.rejects(run({ split: 'official' }), isSpikeBridgeError('usage', /official/));
    await assert.rejects(run({ order: 'sorted' }), isSpikeBridgeError('usage', /--order/));
    await assert.rejects(
      run({ rows: ['ktl-5'], data: path.join(folder, 'none') }),
      isSpikeBridgeError('data', /exist/),
    );
    await assert.rejects(run({ set: ['seed=3'] }), isSpikeBridgeError('usage', /seed/));
  });

  it('print no table of a folder without an experiment', async () => {
    await assert.rejects(
      experimentTable('nmnist-1k', { out: folder }, output),
      isSpikeBridgeError('run-folder', /no experiment was run/),
    );
  });
});
