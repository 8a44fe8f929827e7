import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { requests } from '../../../engine/protocol/engineProtocol';
import { engineEnvironment } from '../../../extension/engine/engineLaunch';
import type { EngineProcess } from '../../../extension/engine/engineProcess';
import { findPathNode, type PathNode } from '../../../extension/engine/pathNode';
import { startTrainingEngine } from '../../../extension/engine/trainingEngine';
import { EngineBench } from './fixtures/engineBench';

describe('engine of a training', () => {
  let bench: EngineBench;
  let started: EngineProcess[];
  let notes: string[];
  let other: PathNode;

  beforeEach(async () => {
    bench = await EngineBench.create();
    started = [];
    notes = [];
    other = { executable: path.join(bench.folder, 'node'), version: '22.1.0' };
    await symlink(process.execPath, other.executable);
  });
  afterEach(() => bench.dispose());

  function start(environment: Record<string, string>, node?: PathNode): Promise<EngineProcess> {
    return startTrainingEngine({
      launch: bench.launch({}, environment),
      start: async (launch) => {
        const engine = await bench.start(launch);
        started.push(engine);
        return engine;
      },
      findNode: async () => node,
      note: (text) => notes.push(text),
    });
  }

  async function assertLeft(engine: EngineProcess): Promise<void> {
    await Promise.all(started.filter((each) => each !== engine).map((each) => each.exited));
    assert.equal((await engine.request(requests.hello)).processId, engine.processId);
    engine.dispose();
  }

  for (const state of ['works', 'missing']) {
    it(`is the first process where the GPU ${state}`, async () => {
      const engine = await start({ FAKE_GPU: state }, other);
      assert.equal(started.length, 1);
      assert.deepEqual(notes, []);
      await assertLeft(engine);
    });
  }

  for (const state of ['refused', 'crash']) {
    it(`runs on the Node of the PATH where the GPU is ${state} by the first`, async () => {
      const engine = await start({ FAKE_GPU: state, FAKE_GPU_ELSEWHERE: 'works' }, other);
      assert.equal(engine.launch.executable, other.executable);
      assert.match(
        engine.launch.environment.SPIKEBRIDGE_RUNTIME_NOTE!,
        /^Node 22\.1\.0 of the PATH .* because /,
      );
      assert.equal(notes.length, 1);
      await assertLeft(engine);
    });

    it(`runs without the GPU where it is ${state} and there is no other Node`, async () => {
      const engine = await start({ FAKE_GPU: state });
      assert.equal(engine.launch.executable, process.execPath);
      assert.match(
        engine.launch.environment.SPIKEBRIDGE_NO_GPU!,
        state === 'crash' ? /ended the process.*exit code 134/ : /the GPU is refused/,
      );
      assert.match(notes.at(-1)!, /runs without the GPU/);
      await assertLeft(engine);
    });
  }

  it('runs without the GPU where the other Node does no better', async () => {
    const engine = await start({ FAKE_GPU: 'refused', FAKE_GPU_ELSEWHERE: 'crash' }, other);
    assert.equal(started.length, 3);
    assert.equal(engine.launch.executable, process.execPath);
    assert.match(notes[0]!, /does no better: testing the GPU ended the process/);
    await assertLeft(engine);
  });

  it('does not start the same program again', async () => {
    const engine = await start({ FAKE_GPU: 'refused' }, { executable: process.execPath, version: '20.0.0' });
    assert.equal(started.length, 2);
    await assertLeft(engine);
  });
});

describe('Node of the PATH', () => {
  const environment = { ...engineEnvironment(process.env), ELECTRON_RUN_AS_NODE: undefined };

  it('is found with its version', async () => {
    const PATH = path.dirname(process.execPath);
    const node = await findPathNode({ ...environment, PATH }, PATH);
    assert.equal(node?.executable, process.execPath);
    assert.equal(node.version, process.versions.node);
  });

  it('is not found where there is none', async () => {
    assert.equal(await findPathNode({ ...environment, PATH: '/nowhere' }, '/'), undefined);
  });
});
