import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createSampleData } from '../../engine/sample/createSample';
import { repositoryFile } from '../tools/repository';

const CONFIGURATION = {
  method: 'ktl',
  data: {
    events: {
      format: 'n-mnist',
      folder: 'events',
      train: [{ split: 'Train' }],
      test: [{ split: 'Test' }],
    },
    images: { format: 'mnist', folder: 'images', split: 'train' },
  },
  frames: { timeSteps: 2, sizePixels: 16 },
  network: { preset: 'nmnist-1k' },
  training: { batchPairs: 2, iterations: 2, evaluateEvery: 2 },
};

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly errors: string;
}

/** The command line in a process of its own. */
function commandLine(...args: string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [repositoryFile('dist/cli.js'), ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, errors }));
  });
}

describe('a process that trains on a GPU', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-gpu-'));
    const digitsFile = repositoryFile('dist/digits.bin');
    await createSampleData(folder, {
      digitsFile,
      seed: 1,
      perClassTrain: 1,
      perClassTest: 1,
      perClassImages: 2,
    });
    await writeFile(path.join(folder, 'small.transfer.jsonc'), JSON.stringify(CONFIGURATION));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  // The driver's own threads end with it: what is freed in the wrong order crashes only here.
  it('ends by itself, with everything written', async () => {
    const run = path.join(folder, 'run');
    const configuration = path.join(folder, 'small.transfer.jsonc');
    const ended = await commandLine('train', configuration, '--backend', 'webgpu', '--out', run);
    assert.deepEqual([ended.code, ended.signal], [0, null], ended.errors);
    const status = JSON.parse(await readFile(path.join(run, 'status.json'), 'utf8')) as { state: string };
    assert.equal(status.state, 'finished');
    assert.doesNotMatch(ended.errors, /XDG_RUNTIME_DIR/);
  });
});
