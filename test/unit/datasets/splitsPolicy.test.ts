import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeManifest, shortHash, splitText, withDivision } from '../../../engine/datasets/manifest';
import { resolvedSplit, splitSchema } from '../../../engine/datasets/splitSchema';
import { inOrder, parseOrder } from '../../../engine/datasets/splitsOrder';
import { divideRecordings, type SplitRecord } from '../../../engine/datasets/splitsPolicy';
import { withFolder } from './fixtures';
import { classNames, recordingsOf } from './recordingSet';

const COUNTS = [10, 20];
const RECORDINGS = recordingsOf(COUNTS);
const CLASSES = classNames(COUNTS);

type Options = Parameters<typeof splitSchema.parse>[0];

function divide(options: Options, format = 'n-caltech101', official?: { from: number }) {
  const parts = official && {
    train: RECORDINGS.filter(({ number }) => number < official.from),
    test: RECORDINGS.filter(({ number }) => number >= official.from),
  };
  const listing = { format, classes: CLASSES, recordings: RECORDINGS, official: parts };
  return divideRecordings(listing, splitSchema.parse(options));
}

const files = (entries: readonly { file: string }[]) => entries.map(({ file }) => file);

describe('split policies', () => {
  it('is official where the data set has a split of its own, else leak-free by name', async () => {
    const official = await divide({}, 'n-mnist', { from: 8 });
    assert.equal(official.record.policy, 'official');
    assert.deepEqual([official.train.length, official.test.length], [14, 16]);
    const { record, train, test, classTotals } = await divide({});
    assert.deepEqual(record, {
      policy: 'leak-free',
      trainPortion: 0.9,
      order: 'name',
      eventRatio: 1,
      imageRatio: 1,
    });
    assert.deepEqual([train.length, test.length], [27, 3]);
    assert.deepEqual(classTotals, [10, 20]);
  });

  it('refuses a paper split of N-Caltech101 without an order, and says what to do', async () => {
    for (const format of ['n-caltech101', 'cifar10-dvs']) {
      await assert.rejects(divide({ policy: 'paper' }, format), {
        category: 'configuration',
        message: /data\.split\.order: .*order in which their file system listed the files/,
        nextStep: /find \. -type f.*"sorted"/,
      });
    }
    await divide({ policy: 'paper' }, 'cep-dvs');
  });

  it('records that the order of names is not the order of the authors', async () => {
    const { record, warnings } = await divide({ policy: 'paper', order: 'sorted' });
    assert.equal(record.order, 'name');
    assert.match(warnings.join(), /not their recordings/);
  });

  it('takes the order of a listing, and its hash', async () => {
    await withFolder(async (folder) => {
      const order = path.join(folder, 'order.txt');
      const reversed = [...RECORDINGS].reverse();
      await writeFile(order, reversed.map(({ file }) => `./somewhere/${file}\r\n`).join(''));
      const { record, train, test } = await divide({ policy: 'paper', order });
      assert.deepEqual(files(test), [
        'Caltech101/c0/image_0001.bin',
        'Caltech101/c1/image_0002.bin',
        'Caltech101/c1/image_0001.bin',
      ]);
      assert.equal(train[0]?.file, 'Caltech101/c0/image_0010.bin');
      assert.equal(record.order, 'listing');
      assert.equal(record.orderSha256, parseOrder(files(reversed).join('\n')).sha256);
    });
  });

  it('names what an order lacks or holds twice, and the file that cannot be read', async () => {
    const listing = files(RECORDINGS);
    const order = (lines: readonly string[]) => parseOrder(['notes.txt', '', ...lines].join('\n'));
    assert.deepEqual(inOrder(RECORDINGS, order(listing), 'order.txt'), RECORDINGS);
    assert.throws(() => inOrder(RECORDINGS, order(listing.slice(0, -2)), 'order.txt'), {
      category: 'data',
      message: /2 recordings are not in the order, the first is Caltech101\/c1\/image_0019\.bin/,
      place: { file: 'order.txt' },
    });
    assert.throws(() => inOrder(RECORDINGS, order([...listing, listing[3]!]), 'order.txt'), {
      message: /c0\/image_0004\.bin is listed twice/,
    });
    await assert.rejects(divide({ policy: 'paper', order: 'missing.txt' }), {
      category: 'data',
      message: /cannot be read \(ENOENT\)/,
    });
  });

  it('refuses what a data set does not have', async () => {
    await assert.rejects(divide({ policy: 'official' }), { message: /n-caltech101 has no official split/ });
    await assert.rejects(divide({ policy: 'paper' }, 'folders'), { message: /no paper divides folders/ });
    await assert.rejects(divide({ policy: 'leak-free', order: 'sorted' }), {
      message: /data\.split\.order: only the policy paper/,
    });
  });

  it('refuses options that would have no effect', async () => {
    await assert.rejects(divide({ policy: 'paper', order: 'order.txt' }, 'cep-dvs'), {
      message: /data\.split\.order: the authors take cep-dvs in the order of names/,
    });
    await assert.rejects(divide({ trainPortion: 0.5 }, 'n-mnist', { from: 8 }), {
      message: /data\.split\.trainPortion: an official split is taken as it is/,
    });
  });

  it('keeps a share of the training recordings, and all test recordings', async () => {
    const { train, test, record } = await divide({ eventRatio: 0.5 });
    assert.deepEqual([train.length, test.length, record.eventRatio], [4 + 9, 3, 0.5]);
  });

  it('makes the path of an order absolute, but not the word sorted', () => {
    const absolute = (file: string) => `/base/${file}`;
    const resolve = (order?: string) => resolvedSplit(splitSchema.parse({ order }), absolute).order;
    assert.deepEqual(
      [resolve('order.txt'), resolve('sorted'), resolve()],
      ['/base/order.txt', 'sorted', undefined],
    );
  });
});

describe('the hash of a split', () => {
  const split: SplitRecord = {
    policy: 'leak-free',
    trainPortion: 0.9,
    order: 'name',
    eventRatio: 1,
    imageRatio: 1,
  };
  const half = RECORDINGS.length / 2;
  const [train, test] = [RECORDINGS.slice(0, half), RECORDINGS.slice(half)];
  const hash = (change: Parameters<typeof makeManifest>[3], order = train) =>
    makeManifest(CLASSES, order, test, change).sha256;

  it('tells policies, options, orders and image pools apart', () => {
    const images = { source: 'images', pairing: 'same-class', count: 3, sha256: 'ab' };
    const hashes = [
      hash({}),
      hash({ split }),
      hash({ split: { ...split, policy: 'paper' } }),
      hash({ split: { ...split, eventRatio: 0.5 } }),
      hash({ split: { ...split, orderSha256: 'ab' } }),
      hash({ split, images }),
      hash({ split, images: { ...images, pairing: 'one-beyond' } }),
      hash({}, [...train].reverse()),
    ];
    assert.equal(new Set(hashes).size, hashes.length);
  });

  it('is that of earlier versions for the whole official split', () => {
    assert.equal(hash({ split: { ...split, policy: 'official' } }), hash({}));
    assert.notEqual(hash({ split: { ...split, policy: 'official', eventRatio: 0.5 } }), hash({}));
  });

  it('changes with what is added, which the manifest then holds', () => {
    const manifest = makeManifest(CLASSES, train, test, { split });
    const images = { source: 'images', pairing: 'same-class', count: 3, sha256: 'ab' };
    const added = withDivision(manifest, { images });
    assert.deepEqual([added.split, added.images], [split, images]);
    assert.equal(added.sha256, hash({ split, images }));
    assert.match(shortHash(added.sha256), /^[0-9a-f]{12}$/);
    const words = `split ${shortHash(added.sha256)} (leak-free): 15 to train on, 15 to test on`;
    assert.equal(splitText(added), words);
  });
});
