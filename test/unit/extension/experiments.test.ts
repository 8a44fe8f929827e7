import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CommandProcess, failureOfCommand } from '../../../extension/commandLine/commandProcess';
import { ExperimentProgress, endText } from '../../../extension/experiments/experimentProgress';
import { argumentsOf, parseSeeds } from '../../../extension/experiments/experimentRequest';
import { LiveExperiment } from '../../../extension/experiments/liveExperiment';

const PLAN = {
  kind: 'plan',
  folder: '/out',
  runs: [
    { id: 'ktl-seed0', label: 'KTL', runFolder: '/out/ktl-seed0' },
    { id: 'ktl-seed1', label: 'KTL', runFolder: '/out/ktl-seed1' },
    { id: 'ktl-seed2', label: 'KTL', runFolder: '/out/ktl-seed2' },
  ],
  finished: ['ktl-seed0'],
};
const STATUS = {
  kind: 'run-status',
  run: 'ktl-seed1',
  status: { iteration: 3, iterations: 10 },
  done: 1,
  total: 3,
};
const OUTCOME = {
  kind: 'outcome',
  folder: '/out',
  table: { title: 'Small', rows: [{ best: { mean: 81, deviation: 1 } }] },
  failures: [],
  stopped: false,
};

describe('progress of an experiment', () => {
  it('counts runs of earlier calls, tells each run that begins once, and the time left', () => {
    const progress = new ExperimentProgress();
    assert.equal(progress.accept(JSON.stringify(PLAN)), undefined);
    assert.equal(progress.folder, '/out');
    assert.equal(progress.accept(JSON.stringify(STATUS)), '/out/ktl-seed1');
    assert.equal(progress.accept(JSON.stringify({ ...STATUS, secondsLeft: 90 })), undefined);
    assert.equal(progress.text, '1 of 3 runs, 1 min 30 s left · KTL: 3/10');
    assert.equal(progress.share, 1 / 3);
    progress.accept(
      JSON.stringify({ kind: 'run-end', run: 'ktl-seed1', state: 'finished', done: 2, total: 3 }),
    );
    assert.equal(progress.text, '2 of 3 runs');
  });

  it('ignores lines that are no messages', () => {
    const progress = new ExperimentProgress();
    assert.equal(progress.accept('a warning'), undefined);
    assert.equal(progress.folder, undefined);
  });

  it('ends with what became of it', () => {
    const progress = new ExperimentProgress();
    progress.accept(JSON.stringify(OUTCOME));
    assert.ok(progress.outcome);
    assert.match(endText(progress.outcome), /has finished: 1 rows, best 81\.0 %/);
    assert.match(endText({ ...progress.outcome, stopped: true }), /continues/);
    const error = { category: 'data' as const, message: 'no recordings', nextStep: 'Add some.' };
    const failures = [{ run: 'ktl-seed1', error }];
    assert.match(endText({ ...progress.outcome, failures }), /ktl-seed1 failed: no recordings/);
  });
});

describe('a request for an experiment', () => {
  it('names only what was chosen', () => {
    assert.deepEqual(argumentsOf({ name: 'small', data: '/data' }), [
      ...['experiment', 'run', 'small', '--data', '/data', '--json'],
    ]);
    assert.deepEqual(
      argumentsOf({
        name: 'small',
        data: '/d',
        rows: ['a', 'b'],
        seeds: [1, 2],
        shrink: 0.1,
        set: ['a=1', 'b=2'],
      }),
      [
        ...['experiment', 'run', 'small', '--data', '/d', '--rows', 'a,b', '--seeds', '1,2'],
        ...['--shrink', '0.1', '--set', 'a=1', '--set', 'b=2', '--json'],
      ],
    );
  });

  it('has seeds that are different whole numbers', () => {
    assert.deepEqual(parseSeeds('42, 1024,0'), [42, 1024, 0]);
    for (const text of ['', '1,', '1,1', '-1', '1.5', 'a']) {
      assert.equal(parseSeeds(text), undefined, text);
    }
  });
});

describe('a command in a process of its own', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-command-'));
  });
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  const filesOf = (name: string) => ({
    output: path.join(folder, `${name}.out`),
    errors: path.join(folder, `${name}.log`),
  });
  async function start(name: string, text: string): Promise<CommandProcess> {
    const script = path.join(folder, `${name}.cjs`);
    await writeFile(script, text);
    const program = { executable: process.execPath, environment: process.env, arguments: ['told'], folder };
    return CommandProcess.start({ ...program, script, files: filesOf(name) });
  }

  it('tells every line of its output, then how it ended', async () => {
    const command = await start(
      'lines',
      "console.log(process.argv[2]); console.log('last'); process.exitCode = 4;",
    );
    const lines: string[] = [];
    command.onLine((line) => lines.push(line));
    assert.equal((await command.ended).code, 4);
    assert.deepEqual(lines, ['told', 'last']);
    command.dispose();
  });

  it('is followed from its first line by who attaches later', async () => {
    const command = await start(
      'later',
      "console.log('first'); setTimeout(() => console.log('second'), 600);",
    );
    const attached = CommandProcess.attach(command.processId, filesOf('later'));
    const lines: string[] = [];
    attached.onLine((line) => lines.push(line));
    assert.equal((await attached.ended).code, undefined);
    assert.deepEqual(lines, ['first', 'second']);
    command.dispose();
    attached.dispose();
  });

  it('fails as it said, or by how it ended', async () => {
    const failing = await start(
      'fails',
      "console.error('error: no data\\n  Next step: Add some.'); process.exitCode = 1;",
    );
    const error = failureOfCommand(await failing.ended);
    assert.deepEqual([error.message, error.nextStep], ['no data', 'Add some.']);
    assert.match(failureOfCommand({ code: 3, errors: 'a\nb\n' }).message, /exit code 3: b$/);
    failing.dispose();
  });

  it('is refused where the program is missing', async () => {
    const launch = { script: 'x', arguments: [], environment: {}, folder, files: filesOf('missing') };
    await assert.rejects(CommandProcess.start({ ...launch, executable: path.join(folder, 'none') }), {
      name: 'SpikeBridgeError',
      category: 'backend',
    });
  });

  it('is an experiment that has begun when it has a plan, and never began where it failed before', async () => {
    const lines = [PLAN, STATUS, OUTCOME].map(
      (line) => `console.log(${JSON.stringify(JSON.stringify(line))});`,
    );
    const experiment = new LiveExperiment(await start('experiment', lines.join('\n')));
    const begun: string[] = [];
    experiment.onRunBegan((runFolder) => begun.push(runFolder));
    assert.equal(await experiment.begun, '/out');
    assert.deepEqual(await experiment.ended, {});
    assert.deepEqual(begun, ['/out/ktl-seed1']);
    experiment.dispose();
    const failing = new LiveExperiment(
      await start(
        'unbegun',
        "console.error('error: no data\\n  Next step: Add some.'); process.exitCode = 1;",
      ),
    );
    await assert.rejects(failing.begun, { message: 'no data' });
    failing.dispose();
  });
});
