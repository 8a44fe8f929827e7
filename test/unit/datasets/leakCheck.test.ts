import assert from 'node:assert/strict';
import fc from 'fast-check';
import { photoRuleOf, photosOf } from '../../../engine/datasets/leakCheck';
import type { PairingPolicy } from '../../../engine/datasets/pairing';
import { splitSchema } from '../../../engine/datasets/splitSchema';
import { divideImages } from '../../../engine/datasets/splitsImages';
import { divideRecordings } from '../../../engine/datasets/splitsPolicy';
import { NCALTECH101_COUNTS } from './ncaltech101Counts';
import { classNames, imagesOf, recordingsOf } from './recordingSet';

type Options = Parameters<typeof splitSchema.parse>[0];

/** Recordings and images of N-Caltech101, divided. */
async function poolOf(
  options: Options,
  { counts = NCALTECH101_COUNTS, pairing }: { counts?: readonly number[]; pairing?: PairingPolicy } = {},
) {
  const format = 'n-caltech101';
  const classes = classNames(counts);
  const listing = { format, classes, recordings: recordingsOf(counts) };
  const { test, record } = await divideRecordings(listing, splitSchema.parse(options));
  const bank = imagesOf(counts);
  return { ...divideImages(bank, { format, classes, test, record, pairing }), bank, test };
}

const total = (pool: { imagesOfClass: readonly Uint32Array[] }) =>
  pool.imagesOfClass.reduce((sum, images) => sum + images.length, 0);

describe('the pool of static images', () => {
  it('is the training part of each class in the paper, 7,839 of N-Caltech101', async () => {
    const pool = await poolOf({ policy: 'paper', order: 'sorted' });
    assert.equal(total(pool), 7839);
    assert.equal(pool.imagesOfClass[42]?.length, 40);
    assert.equal(pool.leak.photos.length, 0);
  });

  it('is not reduced by the ratio of recordings, but by that of images', async () => {
    assert.equal(total(await poolOf({ policy: 'paper', order: 'sorted', eventRatio: 0.1 })), 7839);
    assert.equal(total(await poolOf({ policy: 'paper', order: 'sorted', imageRatio: 0.1 })), 739);
  });

  it('has no photo of a test recording in a leak-free split, whatever the counts', async () => {
    const counts = fc.array(fc.integer({ min: 10, max: 60 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(counts, fc.double({ min: 0.3, max: 0.9, noNaN: true }), async (each, trainPortion) => {
        const { imagesOfClass, bank, test, leak } = await poolOf({ trainPortion }, { counts: each });
        const photos = new Set(test.map(({ file }) => file.slice('Caltech101/'.length, -'.bin'.length)));
        assert.ok(imagesOfClass.every((images) => images.every((image) => !photos.has(bank.nameOf(image)))));
        assert.deepEqual([leak.photos.length, leak.photosFound], [0, test.length]);
      }),
      { seed: 12, numRuns: 30 },
    );
  });

  it('names the classes whose recordings would have no partner', async () => {
    await assert.rejects(poolOf({ imageRatio: 0.05 }, { counts: [40, 10, 12] }), {
      category: 'data',
      message: /no pairs can be formed: the split leaves no static image of c1, c2/,
      nextStep: /imageRatio/,
    });
  });
});

describe('the leak check (methods.md 10.2)', () => {
  it('counts and names the photos of test recordings that the authors order lets into the pool', () => {
    const counts = [10, 10];
    const classes = classNames(counts);
    const recordings = recordingsOf(counts);
    const test = [recordings[2]!, recordings[9]!, recordings[14]!];
    const record = { policy: 'paper', trainPortion: 0.9, eventRatio: 1, imageRatio: 1 } as const;
    const request = { format: 'n-caltech101', classes, test, record };
    const { leak, warnings } = divideImages(imagesOf(counts), request);
    assert.deepEqual(leak, {
      matchedBy: 'same-name',
      testRecordings: 3,
      photosFound: 3,
      photos: ['c0/image_0003', 'c1/image_0005'],
    });
    assert.match(
      warnings.join(),
      /leak: .*photos of 2 of 3 test recordings \(c0\/image_0003, c1\/image_0005\)/,
    );
  });

  it('sees what the copied mistakes of pairing reach', async () => {
    const options = { policy: 'paper', order: 'sorted' } as const;
    const beyond = await poolOf(options, { pairing: 'one-beyond' });
    assert.equal(beyond.leak.photos.length, NCALTECH101_COUNTS.length);
    const listed = await poolOf(options, { counts: [10, 10, 10], pairing: 'list-position' });
    assert.deepEqual(listed.leak.photos, ['c0/image_0010', 'c1/image_0010']);
  });

  it('refuses a leak-free split whose pairing reaches photos of test recordings', async () => {
    await assert.rejects(poolOf({ policy: 'leak-free' }, { pairing: 'one-beyond' }), {
      category: 'configuration',
      message: /data\.pairing: one-beyond draws the photos of 101 test recordings/,
      nextStep: /same-class/,
    });
  });

  it('says that it found nothing where names do not match', () => {
    const bank = { ...imagesOf([10]), nameOf: (image: number) => `c0/photo-${image}` };
    const record = { policy: 'official', eventRatio: 1, imageRatio: 1 } as const;
    const test = recordingsOf([10]);
    const { leak, warnings } = divideImages(bank, { format: 'folders', classes: ['c0'], test, record });
    assert.equal(leak.photosFound, 0);
    assert.match(warnings.join(), /found no photo of any test recording/);
  });
});

describe('photos of recordings', () => {
  const bankOf = (names: readonly string[], file = 'images') => ({
    imagesOfClass: [Uint32Array.from(names.keys())],
    nameOf: (image: number) => names[image]!,
    file,
  });
  const recording = (file: string, number: number) => ({ file, label: 0, number });

  it('have the name of the recording: CEP-DVS, own folders', () => {
    const bank = bankOf(['a/00001', 'a/00002', 'a/cat.1']);
    const recordings = [recording('data/MAT/img/00002.mat', 2), recording('a/cat.1.aedat4', 1)];
    assert.deepEqual([...photosOf(recordings, bank, photoRuleOf('cep-dvs'))], [1, 2]);
  });

  it('have the number of the drawing: N-Omniglot', () => {
    const bank = bankOf(['Greek/character01/0394_01', 'Greek/character01/0394_02']);
    const recordings = [recording('a.aedat4', 2), recording('a.aedat4', 3)];
    assert.deepEqual([...photosOf(recordings, bank, photoRuleOf('n-omniglot'))], [1, -1]);
  });

  it('are taken by their position in the class: CIFAR10-DVS', () => {
    const bank = { imagesOfClass: [Uint32Array.of(4, 9)], nameOf: String, file: 'cifar' };
    const recordings = [recording('airplane/cifar10_airplane_1.aedat', 1)];
    assert.deepEqual([...photosOf(recordings, bank, photoRuleOf('cifar10-dvs'))], [9]);
  });

  it('are the images of the same part of MNIST: N-MNIST', () => {
    const test = [recording('Test/0/00002.bin', 2)];
    const rule = photoRuleOf('n-mnist');
    assert.deepEqual([...photosOf(test, bankOf(['0/0', '0/1'], 't10k-images-idx3-ubyte'), rule)], [1]);
    assert.deepEqual([...photosOf(test, bankOf(['0/0', '0/1'], 'train-images-idx3-ubyte'), rule)], [-1]);
  });
});
