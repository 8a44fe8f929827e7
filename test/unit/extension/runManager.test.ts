import assert from 'node:assert/strict';
import type { RunStatus } from '../../../engine/runs/runStatus';
import { RunManager } from '../../../extension/runs/runManager';
import { RunRegistry } from '../../../extension/runs/runRegistry';
import { EngineBench, until } from './fixtures/engineBench';

class MemoryStore {
  readonly #values = new Map<string, unknown>();
  get<T>(key: string, fallback: T): T {
    return (this.#values.get(key) as T | undefined) ?? fallback;
  }
  async update(key: string, value: unknown): Promise<void> {
    this.#values.set(key, value);
  }
}

describe('RunManager', () => {
  let bench: EngineBench;
  let registry: RunRegistry;
  let runs: RunManager;
  beforeEach(async () => {
    bench = await EngineBench.create();
    registry = new RunRegistry(new MemoryStore());
    runs = new RunManager(registry, () => bench.start());
  });
  afterEach(async () => {
    runs.dispose();
    await bench.dispose();
  });

  const start = (name = 'ok') => runs.start({ configurationFile: bench.configuration(name) });

  it('follows a run and stops it', async () => {
    const ended: RunStatus[] = [];
    runs.onDidEnd(({ status }) => ended.push(status));
    const run = await start();
    assert.deepEqual(registry.folders(), [run.runFolder]);
    await until(() => run.status.iteration >= 3);
    assert.deepEqual(runs.live, [run]);
    const status = await run.stop();
    assert.equal(status.state, 'stopped');
    assert.equal(runs.live.length, 0);
    assert.deepEqual(
      ended.map(({ state }) => state),
      ['stopped'],
    );
  });

  it('says what happened to a killed engine, and where it can go on', async () => {
    const run = await start();
    await until(() => run.status.iteration >= 7);
    process.kill(run.status.processId, 'SIGKILL');
    const { state, error, iteration } = await run.ended;
    assert.equal(state, 'failed');
    assert.match(error!.message, /was killed \(SIGKILL/);
    const checkpoint = Math.floor(iteration / 5) * 5;
    assert.match(
      error!.message,
      new RegExp(`at iteration ${iteration} of 200. The last checkpoint is of iteration ${checkpoint}\\.`),
    );
    assert.match(error!.nextStep, /Resume Run/);
  });

  it('resumes a run whose engine was killed', async () => {
    const run = await start();
    await until(() => run.status.iteration >= 6);
    process.kill(run.status.processId, 'SIGKILL');
    await run.ended;
    const again = await runs.start({ resumeFolder: run.runFolder });
    assert.equal(again.runFolder, run.runFolder);
    await until(() => again.status.iteration >= 8);
    assert.equal((await again.stop()).state, 'stopped');
  });

  it('refuses to resume a run that is still going on', async () => {
    const run = await start();
    await assert.rejects(runs.start({ resumeFolder: run.runFolder }), /still going on/);
  });

  it('finds a run again after a window reload, and stops it', async () => {
    const { runFolder } = await start();
    runs.dispose();
    runs = new RunManager(registry, () => assert.fail('starts an engine'));
    const [found] = await runs.reattach();
    assert.equal(found?.runFolder, runFolder);
    const status = await found!.stop();
    assert.equal(status.state, 'stopped');
    assert.deepEqual(await runs.reattach(), []);
  });

  it('hands on why a run could not start', async () => {
    await assert.rejects(start('refused'), /class folder 3 is empty/);
    assert.equal(runs.live.length, 0);
    assert.deepEqual(registry.folders(), []);
  });
});
