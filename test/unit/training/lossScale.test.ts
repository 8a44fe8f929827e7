import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { LossScaleState } from '../../../engine/backends/stepSupport';
import { readCheckpoint } from '../../../engine/runs/checkpoint';
import type { MetricsRecord } from '../../../engine/runs/metricsRecord';
import { runFile } from '../../../engine/runs/runFolder';
import { type RunRequest, TransferRun } from '../../../engine/training/transferRun';
import { makeTinySample, type TinySample } from './tinySample';

const KEPT: LossScaleState = { scale: 256, stepsSinceChange: 17 };

/** Gives the active backend a loss scale, as the GPU has one. */
class FakeScaling {
  scale = 1;
  skippedInRow = 0;
  state: LossScaleState = KEPT;
  readonly restored: LossScaleState[] = [];
  restore(state: LossScaleState): void {
    this.restored.push(state);
  }
}

async function run(request: RunRequest, onRecord: (record: MetricsRecord) => void, abort?: AbortController) {
  const opened = await TransferRun.open(request, { onStatus: () => {}, onRecord });
  const status = await opened.execute((abort ?? new AbortController()).signal);
  return { status, runFolder: opened.runFolder };
}

describe('loss scale of a run', function () {
  this.timeout(60_000);
  let sample: TinySample;
  let scaling: FakeScaling;

  before(async () => {
    sample = await makeTinySample();
  });
  after(() => sample.dispose());
  beforeEach(async () => {
    await tf.setBackend('cpu');
    scaling = new FakeScaling();
    Object.assign(tf.backend(), { lossScaling: scaling });
  });
  afterEach(() => {
    Object.assign(tf.backend(), { lossScaling: undefined });
  });

  it('is kept by checkpoints and restored by a resume', async () => {
    const abort = new AbortController();
    const stopAtTwo = ({ iteration }: MetricsRecord) => iteration >= 2 && abort.abort();
    const { runFolder } = await run({ configurationFile: await sample.configuration() }, stopAtTwo, abort);
    assert.deepEqual((await readCheckpoint(runFile(runFolder, 'lastCheckpoint'))).lossScale, KEPT);
    const { status } = await run({ resumeFolder: runFolder }, () => {});
    assert.equal(status.state, 'finished');
    assert.deepEqual(scaling.restored, [KEPT]);
  });

  it('ends a run whose steps are all skipped, with what to do', async () => {
    const skipAtThree = ({ iteration }: MetricsRecord) => {
      scaling.skippedInRow = iteration >= 3 ? 20 : 0;
    };
    const { status } = await run({ configurationFile: await sample.configuration() }, skipAtThree);
    assert.equal(status.state, 'failed');
    assert.match(status.error!.message, /gradients of 20 steps in a row are not finite .* checkpoint of/);
    assert.match(status.error!.nextStep, /learningRate.*precision to "f32"/);
  });

  it('is not missed in checkpoints that have none', async () => {
    const abort = new AbortController();
    Object.assign(tf.backend(), { lossScaling: undefined });
    const stop = () => abort.abort();
    const { runFolder } = await run({ configurationFile: await sample.configuration() }, stop, abort);
    Object.assign(tf.backend(), { lossScaling: scaling });
    const { status } = await run({ resumeFolder: runFolder }, () => {});
    assert.equal(status.state, 'finished');
    assert.deepEqual(scaling.restored, []);
  });
});
