import assert from 'node:assert/strict';
import fc from 'fast-check';
import { configurationDifferences } from '../../../engine/experiments/configurationDifference';
import { mergeChanges } from '../../../engine/experiments/mergeChanges';
import { changesOf, overrideText, parseOverride } from '../../../engine/experiments/overrides';
import { runQueue } from '../../../engine/experiments/runQueue';
import { shrunk } from '../../../engine/experiments/shrink';
import { secondsLeft } from '../../../engine/experiments/timeLeft';
import { reportOfOutput } from '../../../engine/experiments/trainProcess';
import type { TransferConfigurationInput } from '../../../engine/training/configurationSchema';
import { isSpikeBridgeError } from './errors';

describe('changes of a row', () => {
  it('are merged key by key; lists are replaced', () => {
    const merged = mergeChanges(
      { training: { epochs: 3, batchPairs: 4 }, list: [1, 2] },
      { training: { epochs: 5 }, list: [3] },
    );
    assert.deepEqual(merged, { training: { epochs: 5, batchPairs: 4 }, list: [3] });
  });

  it('replace a section of another kind as a whole', () => {
    const base = { network: { preset: 'vgg-snn', heads: 'shared' }, mixer: { kind: 'sliding', exponent: 2 } };
    assert.deepEqual(mergeChanges(base, { network: { preset: 'vgg-ann' } }).network, { preset: 'vgg-ann' });
    assert.deepEqual(mergeChanges(base, { mixer: { kind: 'sliding', reach: 0.5 } }).mixer, {
      kind: 'sliding',
      exponent: 2,
      reach: 0.5,
    });
  });

  it('leave what they do not name, and their inputs', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.integer()),
        fc.dictionary(fc.string(), fc.integer()),
        (base, changes) => {
          const before = JSON.stringify(base);
          const merged = mergeChanges(base, changes);
          assert.deepEqual(merged, { ...base, ...changes });
          assert.equal(JSON.stringify(base), before);
        },
      ),
      { examples: [[{}, JSON.parse('{ "__proto__": 0 }')]] },
    );
  });
});

describe('overrides', () => {
  it('are JSON, or else text, below their keys', () => {
    assert.deepEqual(changesOf(parseOverride('training.batchPairs=16')), { training: { batchPairs: 16 } });
    assert.deepEqual(changesOf(parseOverride('data.images.channel=blue')), {
      data: { images: { channel: 'blue' } },
    });
    assert.equal(overrideText(parseOverride('loss.tetLambda=0')), 'loss.tetLambda=0');
    assert.equal(overrideText(parseOverride('mixer.law=open')), 'mixer.law=open');
  });

  it('are refused without a value and for keys that have an option', () => {
    for (const text of ['training', '=3', 'seed=3', 'data.events.folder=x', 'threads=2']) {
      assert.throws(() => parseOverride(text), isSpikeBridgeError('usage', /./), text);
    }
  });
});

describe('a trial', () => {
  const full: TransferConfigurationInput = {
    method: 'ktl',
    data: { events: { format: 'n-caltech101', folder: 'e' }, images: { format: 'caltech101', folder: 'i' } },
    training: { batchPairs: 120, epochs: 300, evaluateEvery: 65 },
    optimizer: { learningRate: 1e-3, warmup: 5 },
  };

  it('scales length, batch, warm-up and recordings, and leaves the rest', () => {
    const trial = shrunk(full, 0.1, 86);
    assert.deepEqual(trial.training, { batchPairs: 12, epochs: 30, evaluateEvery: 65 });
    assert.deepEqual(trial.optimizer, { learningRate: 1e-3, warmup: 1 });
    assert.deepEqual(trial.data.events, { format: 'n-caltech101', folder: 'e', perClass: 9 });
    assert.deepEqual(trial.data.images, { format: 'caltech101', folder: 'i', perClass: 9 });
    assert.equal(shrunk(full, 1, 86), full);
  });

  it('keeps pairs, and recordings for training and test, however small', () => {
    const trial = shrunk(full, 1e-6, 86);
    assert.deepEqual(trial.training, { batchPairs: 2, epochs: 1, evaluateEvery: 65 });
    assert.equal('perClass' in trial.data.events && trial.data.events.perClass, 5);
  });

  it('scales the evaluations of a run given in iterations', () => {
    const trial = shrunk({ ...full, training: { iterations: 600, evaluateEvery: 200 } }, 0.1);
    assert.deepEqual(trial.training, { iterations: 60, evaluateEvery: 20 });
    assert.deepEqual(trial.data, full.data);
  });
});

describe('configurations of a run', () => {
  it('differ by key; backend, threads and cache do not count', () => {
    const recorded = { method: 'ktl', backend: 'cpu', training: { epochs: 3 }, data: { cacheFolder: 'a' } };
    const wanted = {
      method: 'ktl',
      backend: 'simd',
      threads: 2,
      training: { epochs: 4 },
      data: { cacheFolder: 'b' },
    };
    assert.deepEqual(configurationDifferences(recorded, wanted), ['training.epochs: 3, now 4']);
    assert.deepEqual(configurationDifferences({}, { loss: { tetLambda: 0 } }), [
      'loss.tetLambda: absent, now 0',
    ]);
  });
});

describe('the queue of runs', () => {
  const works = [
    { id: 'teacher' },
    { id: 'a', after: 'teacher' },
    { id: 'b' },
    { id: 'c', after: 'earlier' },
  ];
  async function order(jobs: number, failing: readonly string[] = [], abortAt?: string) {
    const log: string[] = [];
    const stop = new AbortController();
    await runQueue(works, {
      jobs,
      signal: stop.signal,
      async perform({ id }) {
        log.push(`+${id}`);
        if (id === abortAt) {
          stop.abort();
        }
        await new Promise(setImmediate);
        log.push(`-${id}`);
        return !failing.includes(id);
      },
      skip: ({ id }) => log.push(`skip ${id}`),
    });
    return log.join(' ');
  }

  it('performs them one after another', async () => {
    assert.equal(await order(1), '+teacher -teacher +a -a +b -b +c -c');
  });

  it('lets what waits for nothing pass, at most so many at a time', async () => {
    assert.equal(await order(2), '+teacher +b -teacher +a -b +c -a -c');
  });

  it('skips what needs a run that failed, and goes on', async () => {
    assert.equal(await order(1, ['teacher']), '+teacher -teacher skip a +b -b +c -c');
  });

  it('begins nothing after an abort, and ends what was begun', async () => {
    assert.equal(await order(2, [], 'b'), '+teacher +b -teacher -b');
  });
});

describe('the time left of an experiment', () => {
  it('is not known before a run says something', () => {
    assert.equal(secondsLeft({ known: [], running: [undefined], waiting: ['a'], jobs: 1 }), undefined);
  });

  it('takes runs of the same row as measure, else the mean', () => {
    const known = [
      { row: 'a', seconds: 10 },
      { row: 'b', seconds: 30 },
    ];
    assert.equal(secondsLeft({ known, running: [4], waiting: ['a', 'b', 'c'], jobs: 1 }), 4 + 10 + 30 + 20);
    assert.equal(secondsLeft({ known, running: [4], waiting: ['a', 'b', 'c'], jobs: 2 }), 32);
    assert.equal(secondsLeft({ known, running: [25], waiting: [], jobs: 8 }), 25);
  });
});

describe('the failure of a training process', () => {
  it('is what it said', () => {
    const output = 'warning\nerror: a.jsonc:3:1: unknown key "x"\n  Next step: Correct it.\n';
    assert.deepEqual(reportOfOutput(output, 1, null), {
      category: 'training',
      message: 'a.jsonc:3:1: unknown key "x"',
      nextStep: 'Correct it.',
    });
  });

  it('is how it ended, where it said nothing', () => {
    assert.match(reportOfOutput('', null, 'SIGKILL').message, /SIGKILL/);
    assert.match(reportOfOutput('a\nb\n', 3, null).message, /exit code 3: b$/);
  });
});
