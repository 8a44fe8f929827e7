import assert from 'node:assert/strict';
import { findExperiment } from '../../../engine/experiments/catalogue';
import { parseOverride } from '../../../engine/experiments/overrides';
import { needsImages, type PlanOptions, planRuns } from '../../../engine/experiments/plan';
import { isSpikeBridgeError } from './errors';

const OPTIONS: PlanOptions = { folder: '/out', data: { events: '/data/e', images: '/data/i' } };
const small = findExperiment('nmnist-1k');
const caltech = findExperiment('n-caltech101');

describe('the plan of an experiment', () => {
  it('is every chosen row with every seed, with the folders found', () => {
    const runs = planRuns(small, { ...OPTIONS, rows: ['ktl-5', 'events-only-10'], seeds: [7, 8] });
    assert.deepEqual(
      runs.map(({ id }) => id),
      ['ktl-5-seed7', 'ktl-5-seed8', 'events-only-10-seed7', 'events-only-10-seed8'],
    );
    const [ktl, , alone] = runs;
    assert.equal(ktl?.configuration.seed, 7);
    assert.equal(ktl?.configuration.data.events.folder, '/data/e');
    assert.equal(ktl?.configuration.data.images?.folder, '/data/i');
    assert.equal(alone?.configuration.data.images, undefined);
  });

  it('is the protocol of NMNIST-1K', () => {
    const [run] = planRuns(small, { ...OPTIONS, rows: ['ktl-30'], seeds: [0] });
    const { data, training, optimizer, mixer, alignment, frames } = run!.configuration;
    assert.deepEqual(data.events.format === 'n-mnist' && data.events.train, [
      { split: 'Train', from: 1, to: 600, perClass: 30 },
    ]);
    assert.deepEqual([training.batchPairs, training.iterations], [50, 600]);
    assert.deepEqual([optimizer.learningRate, optimizer.warmup, optimizer.minLearningRate], [2e-3, 30, 1e-5]);
    assert.deepEqual(
      [mixer.kind, mixer.exponent, alignment.weight, alignment.coefficients],
      [...['sliding', 3], ...[0.5, 'learned']],
    );
    assert.deepEqual(frames, { timeSteps: 6, sizePixels: 34 });
  });

  it('is the full method of N-Caltech101 (methods.md 7.1, 7.2)', () => {
    const [run] = planRuns(caltech, { ...OPTIONS, rows: ['ktl'], seeds: [42] });
    const { optimizer, training, data, network } = run!.configuration;
    assert.equal(optimizer.learningRate, (0.005 * 120) / 1024);
    assert.deepEqual([training.batchPairs, training.epochs, network.preset], [120, 300, 'vgg-snn']);
    assert.deepEqual(
      [data.sampling, data.lastBatch, data.augmentation.kind],
      ['class-weighted', 'drop', 'crop'],
    );
  });

  it('keeps the step weights, and drops the alignment, without sliding', () => {
    const [run] = planRuns(caltech, { ...OPTIONS, rows: ['no-sliding'] });
    const { alignment, mixer } = run!.configuration;
    assert.deepEqual([alignment.coefficients, alignment.weight, mixer.kind], ['learned', 0, 'hard-switch']);
  });

  it('needs the order of the files for the paper split of N-Caltech101', () => {
    const rows = ['ktl'];
    assert.throws(
      () => planRuns(caltech, { ...OPTIONS, rows, paperSplit: {} }),
      isSpikeBridgeError('usage', /order of files/),
    );
    const [run] = planRuns(caltech, { ...OPTIONS, rows, paperSplit: { order: '/order.txt' } });
    const { pairing, split } = run!.configuration.data;
    assert.deepEqual([pairing, split.policy, split.order], ['one-beyond', 'paper', '/order.txt']);
  });

  it('gives overrides to every run, and to the teacher those that it shares', () => {
    const overrides = ['training.batchPairs=8', 'network.heads=shared'].map(parseOverride);
    const [teacher, student] = planRuns(small, { ...OPTIONS, rows: ['ckd-5'], overrides });
    assert.equal(teacher?.configuration.training.batchPairs, 8);
    assert.equal(teacher?.configuration.network.preset, 'vgg-ann');
    const { network } = student!.configuration;
    assert.equal('heads' in network && network.heads, 'shared');
    assert.equal(student?.after, teacher?.id);
  });

  it('refuses unknown rows and overrides that do not fit, and names them', () => {
    assert.throws(() => planRuns(small, { ...OPTIONS, rows: ['ktl'] }), isSpikeBridgeError('usage', /"ktl"/));
    const overrides = [parseOverride('training.batchPairs=none')];
    assert.throws(
      () => planRuns(small, { ...OPTIONS, rows: ['ktl-5'], overrides }),
      isSpikeBridgeError('configuration', /ktl-5-seed0: training\.batchPairs/),
    );
  });

  it('knows whether images are needed', () => {
    assert.equal(needsImages(small), true);
    assert.equal(needsImages(small, ['events-only-5', 'events-only-10']), false);
  });
});
