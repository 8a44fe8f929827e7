import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { buildIndex } from '../../../engine/events/index/buildIndex';
import { eventsBetween } from '../../../engine/events/index/eventsBetween';
import { indexStore } from '../../../engine/events/index/indexStore';
import { RateCounter } from '../../../engine/events/index/rateCurve';
import { observedExtent, seekTime, segmentOfEvent } from '../../../engine/events/index/recordingIndex';
import { openRecordingFile } from '../../../engine/events/openRecordingFile';
import { type EventRow, openBytes, rowsOf } from '../../tools/recordings';
import { encodeDat } from '../../tools/wordEncoders';

const COUNT = 300_000;

/** Times run forwards, but for one stretch that starts anew and a few steps back. */
const ROWS: readonly EventRow[] = Array.from({ length: COUNT }, (_, index) => [
  (index > 200_000 ? index - 100_000 : index) - (index % 1000 === 999 ? 5 : 0),
  index % 640,
  index % 480,
  (index >> 3) & 1,
]);

describe('time index', () => {
  const open = () => openBytes(encodeDat(ROWS, 2));

  it('finds all events between two times, in file order, also where timestamps step back', async () => {
    const recording = await open();
    const index = await buildIndex(recording);
    assert.ok(index.segments.length > 3);
    for (const [t0, t1] of [
      [0, 10],
      [99_990, 100_050],
      [150_000, 160_000],
      [199_995, 200_010],
      [-5, 1],
      [1e9, 2e9],
    ] as const) {
      const { events, truncated } = await eventsBetween(recording, index, t0, t1);
      assert.deepEqual(
        rowsOf(events),
        ROWS.filter(([t]) => t >= t0 && t < t1),
      );
      assert.equal(truncated, false);
    }
  });

  it('stops at the limit and says so', async () => {
    const recording = await open();
    const index = await buildIndex(recording);
    const { events, truncated } = await eventsBetween(recording, index, 1000, 3000, { limit: 100 });
    assert.deepEqual(rowsOf(events), ROWS.filter(([t]) => t >= 1000).slice(0, 100));
    assert.equal(truncated, true);
    assert.equal((await eventsBetween(recording, index, 0, 10, { limit: 10 })).truncated, false);
  });

  it('adds up what a pass over all events tells', async () => {
    const { facts, rate, segments } = await buildIndex(await open());
    const times = ROWS.map(([t]) => t);
    const sum = (column: 1 | 2 | 3) => ROWS.reduce((total, row) => total + row[column], 0);
    assert.deepEqual(facts, {
      events: COUNT,
      onEvents: sum(3),
      firstTimestamp: times[0],
      lastTimestamp: times.at(-1),
      lowestTimestamp: 0,
      highestTimestamp: times.reduce((most, t) => Math.max(most, t)),
      backwardSteps: times.filter((t, index) => index > 0 && t < times[index - 1]!).length,
      largestBackwardStep: times.reduce((most, t, index) => Math.max(most, (times[index - 1] ?? t) - t), 0),
      sumX: sum(1),
      sumY: sum(2),
      maxX: 639,
      maxY: 479,
    });
    assert.equal(segments[0]?.begin, 0);
    assert.equal(
      rate.on.reduce((total, count) => total + count),
      facts.onEvents,
    );
    assert.equal(
      rate.off.reduce((total, count) => total + count),
      COUNT - facts.onEvents,
    );
  });

  it('names the segment of a time, of an event, and the extent', async () => {
    const index = await buildIndex(await open());
    const segment = seekTime(index, 150_000)!;
    assert.ok(segment.begin <= 150_000 && segment.highest >= 150_000);
    assert.equal(seekTime(index, 1e9), undefined);
    assert.equal(segmentOfEvent(index, 0)?.begin, 0);
    assert.deepEqual(observedExtent(index), { width: 640, height: 480 });
  });

  it('reports progress and can be cancelled', async () => {
    const shares: number[] = [];
    await buildIndex(await open(), { progress: (share) => shares.push(share) });
    assert.ok(shares.length > 2 && shares.every((share, index) => share >= (shares[index - 1] ?? 0)));
    assert.equal(shares.at(-1), 1);
    const controller = new AbortController();
    const cancelled = buildIndex(await open(), {
      signal: controller.signal,
      progress: () => controller.abort(),
    });
    await assert.rejects(cancelled, { category: 'cancelled' });
  });

  it('has facts of zero for a recording without events', async () => {
    const { facts, segments } = await buildIndex(await openBytes(encodeDat([], 2)));
    assert.equal(facts.events, 0);
    assert.deepEqual([facts.firstTimestamp, facts.lastTimestamp, segments.length], [0, 0, 0]);
  });
});

describe('event-rate curve', () => {
  it('counts every event once, in the bin of its time, whatever range and order', () => {
    const times = fc.array(fc.oneof(fc.integer({ min: 0, max: 50_000 }), fc.maxSafeNat()), {
      minLength: 1,
      maxLength: 50,
    });
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 5 }), (batches) => {
        const counter = new RateCounter();
        for (const batch of batches) {
          const polarity = Uint8Array.from(batch, (_, index) => index & 1);
          counter.add(Float64Array.from(batch), polarity, Math.min(...batch), Math.max(...batch));
        }
        const { origin, binWidth, on, off } = counter.curve();
        const all = batches.flat();
        assert.equal(
          [...on, ...off].reduce((sum, count) => sum + count),
          all.length,
        );
        assert.ok(on.length <= 8192);
        assert.ok(all.every((t) => t >= origin && t < origin + on.length * binWidth));
        const lowest = Math.min(...all);
        const bin = Math.floor((lowest - origin) / binWidth);
        assert.ok(on[bin]! + off[bin]! > 0);
      }),
    );
  });
});

describe('index store', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'index-'));
    file = path.join(folder, 'recording.dat');
    await writeFile(file, encodeDat(ROWS.slice(0, 1000), 2));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function saved() {
    const store = indexStore(path.join(folder, 'made', 'by', 'the', 'store'));
    const recording = await openRecordingFile(file);
    const index = await buildIndex(recording);
    await recording.close();
    await store.save(file, index);
    return { store, index };
  }

  it('gives back what was saved, for this version of the file and these options only', async () => {
    const { store, index } = await saved();
    assert.deepEqual(await store.load(file), index);
    assert.equal(await store.load(file, { transpose: true }), undefined);
    assert.deepEqual(await store.load(file, { transpose: false }), index);
    await utimes(file, 1, 1);
    assert.equal(await store.load(file), undefined);
  });

  it('ignores a damaged sidecar', async () => {
    const { store } = await saved();
    const sidecars = path.join(folder, 'made', 'by', 'the', 'store');
    const [name] = await readdir(sidecars);
    const sidecar = path.join(sidecars, name!);
    const whole = await readFile(sidecar, 'utf8');
    for (const damaged of ['', whole.slice(0, -10), whole.replace('"events":1000', '"events":1001'), 'x']) {
      await writeFile(sidecar, damaged);
      assert.equal(await store.load(file), undefined);
    }
  });

  it('does without a folder that cannot be made', async () => {
    await writeFile(path.join(folder, 'taken'), '');
    const { index } = await saved();
    const store = indexStore(path.join(folder, 'taken'));
    await store.save(file, index);
    assert.equal(await store.load(file), undefined);
  });
});
