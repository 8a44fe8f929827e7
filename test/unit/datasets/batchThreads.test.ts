import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AheadOfUse } from '../../../engine/datasets/aheadOfUse';
import type { BatchOrder } from '../../../engine/datasets/batchAssembler';
import { BatchThreads } from '../../../engine/datasets/batchThreads';
import { expandInput, type PackedFrames } from '../../../engine/datasets/packedFrames';
import { eventRows } from '../../../engine/training/trainingBatch';
import { bundleWorker, type WorkerBundle } from '../../tools/workerBundle';
import { withFolder } from './fixtures';
import { randomSources, ruleOf } from './packedSamples';

const SOURCES = randomSources(ruleOf(3, 8), ['shares', 'counts'], { kind: 'dvs-da' });
const PAIRS = 5;
const NO_WORKER = '/none/worker.js';

const orderOf = (iteration: number): BatchOrder => ({
  part: 'train',
  recordings: Uint32Array.from({ length: PAIRS }, (_, slot) => (slot * 31 + iteration) % 150),
  images: Uint32Array.from({ length: PAIRS }, (_, slot) => (slot + iteration) % 12),
  key: { seed: 1, iteration },
});

const valuesOf = (packed: PackedFrames) => expandInput({ packed, rows: eventRows(PAIRS, 3) });

/** A worker that does `body` with every message. */
async function withWorker(body: string, use: (threads: BatchThreads) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const file = path.join(folder, 'worker.js');
    await writeFile(file, `require("node:worker_threads").parentPort.on("message", () => { ${body} });`);
    const threads = new BatchThreads(SOURCES, file);
    try {
      await use(threads);
    } finally {
      await threads.dispose();
    }
  });
}

describe('threads that assemble batches', () => {
  let worker: WorkerBundle;
  before(async () => {
    worker = await bundleWorker();
  });
  after(() => worker.remove());

  it('give the same batches as this thread, in memory that goes round', async () => {
    const [threads, inline] = [new BatchThreads(SOURCES, worker.file), new BatchThreads(SOURCES, NO_WORKER)];
    const given: PackedFrames[] = [];
    try {
      const ordered = [0, 1, 2].map((iteration) => threads.assemble(orderOf(iteration)));
      for (let iteration = 0; iteration < 9; iteration++) {
        const packed = await ordered[iteration]!;
        threads.give(packed);
        given.push(packed);
        ordered.push(threads.assemble(orderOf(iteration + 3)));
        assert.deepEqual(valuesOf(packed), valuesOf(await inline.assemble(orderOf(iteration))));
      }
      await Promise.all(ordered);
    } finally {
      await Promise.all([threads.dispose(), inline.dispose()]);
    }
    const inUse = given.map(({ words }) => words.length > 0);
    assert.deepEqual(inUse, [...Array(7).fill(false), true, true]);
  });

  it('are not needed: this thread then takes memory again, and makes nothing ahead', async () => {
    const threads = new BatchThreads(SOURCES, NO_WORKER);
    assert.equal(threads.ahead, 0);
    const batches: PackedFrames[] = [];
    for (let iteration = 0; iteration < 4; iteration++) {
      const packed = await threads.assemble(orderOf(iteration));
      threads.give(packed);
      batches.push(packed);
    }
    assert.equal(batches[3]!.words.buffer, batches[0]!.words.buffer);
    assert.notEqual(batches[2]!.words.buffer, batches[1]!.words.buffer);
  });

  it('carry errors over the thread border', async () => {
    const threads = new BatchThreads(SOURCES, worker.file);
    try {
      const wrong = { ...orderOf(0), recordings: Uint32Array.of(1000) };
      const [failing, following] = [threads.assemble(wrong), threads.assemble(orderOf(1))];
      await assert.rejects(failing, { name: 'SpikeBridgeError', category: 'training' });
      assert.equal((await following).frames, PAIRS * 3);
      assert.equal((await threads.assemble(orderOf(2))).frames, PAIRS * 3);
    } finally {
      await threads.dispose();
    }
  });

  it('say so when they die, at once and ever after', () =>
    withWorker('process.exit(3)', async (threads) => {
      const expected = { category: 'data', message: /thread ended with code 3/ };
      const pending = [0, 1, 2, 3].map((iteration) => threads.assemble(orderOf(iteration)));
      await Promise.all(pending.map((each) => assert.rejects(each, expected)));
      await assert.rejects(threads.assemble(orderOf(4)), expected);
    }));

  it('end with whoever owns them, also while they work', () =>
    withWorker('', async (threads) => {
      const pending = threads.assemble(orderOf(0));
      const ended = assert.rejects(pending, { category: 'data', message: /thread ended/ });
      await threads.dispose();
      await ended;
    }));
});

describe('things made ahead of their use', () => {
  function recording(ahead: number, make = async (index: number) => index) {
    const made: number[] = [];
    const things = new AheadOfUse((index) => {
      made.push(index);
      return make(index);
    }, ahead);
    return { made, things };
  }

  it('are made once each, in order, and not beyond the end', async () => {
    const { made, things } = recording(2);
    for (let index = 0; index < 5; index++) {
      assert.equal(await things.take(index, 5), index);
      assert.equal(made.at(-1), Math.min(index + 2, 4));
    }
    assert.deepEqual(made, [0, 1, 2, 3, 4]);
  });

  it('are dropped where another is asked for', async () => {
    const { made, things } = recording(1);
    await things.take(0, 100);
    assert.equal(await things.take(7, 100), 7);
    assert.equal(await things.take(1, 100), 1);
    assert.deepEqual(made, [0, 1, 7, 8, 1, 2]);
  });

  it('fail for whoever takes them', async () => {
    const { things } = recording(2, async (index) => {
      if (index === 1) {
        throw new Error('one');
      }
      return index;
    });
    assert.equal(await things.take(0, 9), 0);
    await assert.rejects(things.take(1, 9), /one/);
    assert.equal(await things.take(2, 9), 2);
  });
});
