import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadTeacherData } from '../../../engine/datasets/teacherData';
import { createSampleData } from '../../../engine/sample/createSample';
import { DATA_DEFAULTS } from './fixtures';

const ROOT = process.env.SPIKEBRIDGE_ROOT as string;

describe('data of a teacher', function () {
  this.timeout(60_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-teacher-'));
    const counts = { perClassTrain: 1, perClassTest: 1, perClassImages: 21 };
    await createSampleData(path.join(folder, 'data'), {
      digitsFile: path.join(ROOT, 'dist', 'digits.bin'),
      seed: 1,
      ...counts,
    });
  });
  after(() => rm(folder, { recursive: true }));

  const load = (changes: object = {}) =>
    loadTeacherData({
      events: {
        format: 'n-mnist',
        folder: path.join(folder, 'data/events'),
        train: [{ split: 'Train' }],
        test: [{ split: 'Test' }],
      },
      split: DATA_DEFAULTS.split,
      images: { format: 'mnist', folder: path.join(folder, 'data/images'), split: 'train' },
      size: 12,
      batch: 7,
      seed: 3,
      ...changes,
    });

  it('holds out every tenth image of each class, which never trains', async () => {
    const { manifest, testCount, iterationsPerEpoch } = await load();
    assert.equal(testCount, 20);
    assert.equal(manifest.train.length, 190);
    assert.equal(iterationsPerEpoch, Math.floor(190 / 7));
    const trained = new Set(manifest.train.map(({ number }) => number));
    assert.ok(manifest.test.every(({ number }) => !trained.has(number)));
    assert.equal(new Set(manifest.test.map(({ label }) => label)).size, 10);
  });

  it('tests on images of their own where they are named', async () => {
    const testImages = {
      format: 'mnist',
      folder: path.join(folder, 'data/images'),
      split: 'train',
    } as const;
    const { manifest } = await load({ testImages });
    assert.deepEqual([manifest.train.length, manifest.test.length], [210, 210]);
  });

  it('gives colour images in [0, 1] with three equal channels of grey', async () => {
    const data = await load();
    const { images, labels } = data.trainBatch(4);
    assert.deepEqual([images.length, labels.length], [7 * 12 * 12 * 3, 7]);
    assert.ok(images.every((value) => value >= 0 && value <= 1));
    assert.ok(images.some((value) => value > 0.5));
    assert.ok(images.every((value, index) => index % 3 === 0 || value === images[index - 1]));
    assert.deepEqual(data.trainBatch(4), data.trainBatch(4));
    const tested = [...data.testBatches(8)];
    assert.deepEqual(
      tested.map((batch) => batch.labels.length),
      [8, 8, 4],
    );
  });
});
