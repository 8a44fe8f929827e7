import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { SpikeBridgeError } from '../../../engine/errors';
import { requests } from '../../../engine/protocol/engineProtocol';
import { EngineOutput } from '../../../extension/engine/engineOutput';
import { isProcessAlive } from '../../../extension/runs/processAlive';
import { EngineBench, until } from './fixtures/engineBench';

async function rejection(promise: Promise<unknown>): Promise<SpikeBridgeError> {
  return promise.then(
    () => assert.fail('resolved'),
    (error) => error,
  );
}

describe('EngineProcess', () => {
  let bench: EngineBench;
  beforeEach(async () => {
    bench = await EngineBench.create();
  });
  afterEach(() => bench.dispose());

  it('answers requests and forwards the log', async () => {
    const engine = await bench.start();
    const messages: string[] = [];
    engine.onLog(({ message }) => messages.push(message));
    const doctor = await engine.request(requests.doctor);
    assert.equal(doctor.automatic.name, 'simd');
    assert.deepEqual(messages, ['testing']);
    engine.dispose();
    await engine.exited;
  });

  it('turns an error report of the engine into a SpikeBridgeError', async () => {
    const engine = await bench.start();
    const configurationFile = bench.configuration('refused');
    const error = await rejection(engine.request(requests.startRun, { configurationFile }));
    assert.equal(error.name, 'SpikeBridgeError');
    assert.equal(error.category, 'data');
    assert.equal(error.nextStep, 'Add recordings.');
    assert.equal(error.place.file, '/data/Train/3');
    engine.dispose();
  });

  it('says that memory ran out, and what to do', async () => {
    const engine = await bench.start();
    const configurationFile = bench.configuration('out-of-memory');
    const error = await rejection(engine.request(requests.startRun, { configurationFile }));
    assert.match(error.message, /ran out of memory/);
    assert.match(error.nextStep, /training\.batchPairs/);
  });

  it('tells the exit code of a crash', async () => {
    const engine = await bench.start();
    const configurationFile = bench.configuration('crash');
    const error = await rejection(engine.request(requests.startRun, { configurationFile }));
    assert.match(error.message, /crashed with exit code 3/);
    assert.match((await engine.exited).lastOutput, /Segmentation fault/);
  });

  it('names a Node that cannot be started and the setting', async () => {
    const error = await rejection(bench.start({ executable: '/no/such/node' }));
    assert.match(error.message, /"\/no\/such\/node": there is no such program/);
    assert.match(error.nextStep, /spikebridge\.engine\.nodePath/);
  });

  it('says so when the engine script is missing', async () => {
    const error = await rejection(bench.start({ script: '/no/such/engine.js' }));
    assert.equal(error.category, 'backend');
    assert.match(error.message, /exit code 1/);
  });

  it('refuses an engine of another protocol version', async () => {
    const error = await rejection(bench.start({}, { FAKE_PROTOCOL_VERSION: '99' }));
    assert.match(error.message, /speaks protocol 99/);
  });

  it('leaves a detached run alone', async () => {
    const engine = await bench.start();
    const { runFolder } = await engine.request(requests.startRun, {
      configurationFile: bench.configuration('ok'),
    });
    engine.detach();
    engine.dispose();
    const lines = async () =>
      (await readFile(`${runFolder}/metrics.jsonl`, 'utf8').catch(() => '')).split('\n').length;
    const before = await lines();
    await until(async () => (await lines()) > before + 3);
    assert.equal(await isProcessAlive(engine.processId), true);
  });

  it('shows the output of the process', async () => {
    const lines: string[] = [];
    const engine = await bench.start();
    const output = new EngineOutput(engine.launch.logFile, { info: (line) => lines.push(line) });
    await rejection(engine.request(requests.startRun, { configurationFile: bench.configuration('crash') }));
    await output.flush();
    output.dispose();
    assert.deepEqual(lines, ['Segmentation fault in a kernel']);
  });
});
