import assert from 'node:assert/strict';
import fc from 'fast-check';
import { allocateEvents, type EventBatch } from '../../../../engine/events/eventBatch';
import type { EventsAnswer } from '../../../../engine/protocol/recordingProtocol';
import { packEvents, unpackEvents } from '../../../../engine/recordings/packedEvents';
import { EventCache, type EventPage, type TimeSpan } from '../../../../webviews/recording/pages/eventCache';
import { pageLength } from '../../../../webviews/recording/pages/pageLength';
import { PageLoader } from '../../../../webviews/recording/pages/pageLoader';
import { eventCount } from '../../../../webviews/recording/picture/sliceStatistics';

const FIRST = 500;
const EVERY = 10;
const COUNT = 20_000;
const END = FIRST + COUNT * EVERY;

/** One event every 10 µs, its number in x. */
function eventsIn({ from, to }: TimeSpan): EventBatch {
  const first = Math.max(0, Math.ceil((from - FIRST) / EVERY));
  const end = Math.min(COUNT, Math.ceil((to - FIRST) / EVERY));
  const batch = allocateEvents(Math.max(0, end - first));
  for (let index = 0; index < batch.t.length; index++) {
    batch.t[index] = FIRST + (first + index) * EVERY;
    batch.x[index] = (first + index) % 4096;
  }
  return batch;
}

function page(from: number, to: number): EventPage {
  return { from, to, columns: unpackEvents(packEvents(eventsIn({ from, to }), from, to)), reduction: [1] };
}

describe('the event cache', () => {
  it('tells what is missing and what is loaded', () => {
    const cache = new EventCache(1e9);
    cache.add(page(1000, 2000));
    cache.add(page(3000, 4000));
    assert.deepEqual(cache.missing({ from: 500, to: 3500 }), [
      { from: 500, to: 1000 },
      { from: 2000, to: 3000 },
    ]);
    cache.add(page(2000, 3000));
    assert.deepEqual(cache.loaded(), [{ from: 1000, to: 4000 }]);
    assert.deepEqual(cache.missing({ from: 1000, to: 4000 }), []);
  });

  it('gives exactly the events of a span', () => {
    const cache = new EventCache(1e9);
    for (let from = 0; from < 10_000; from += 1000) {
      cache.add(page(from, from + 1000));
    }
    fc.assert(
      fc.property(fc.nat(9000), fc.nat(5000), (from, length) => {
        const to = Math.min(10_000, from + length);
        const expected = eventsIn({ from, to }).t.length;
        assert.equal(eventCount(cache.slices({ from, to })), to > from ? expected : 0);
      }),
    );
  });

  it('gives the last events before a time, and from when on they are complete', () => {
    const cache = new EventCache(1e9);
    cache.add(page(0, 1000));
    cache.add(page(1000, 2000));
    const { slices, from } = cache.lastEvents(1500, 70);
    assert.equal(eventCount(slices), 70);
    assert.equal(from, 800);
    assert.equal(cache.lastEvents(2500, 10).from, 2500);
  });

  it('keeps its bound, and what was used last', () => {
    const bytes = 8 * 100;
    const cache = new EventCache(bytes * 3);
    for (const from of [1000, 2000, 3000]) {
      cache.add(page(from, from + 1000));
    }
    cache.slices({ from: 1000, to: 1100 });
    cache.add(page(4000, 5000));
    assert.ok(cache.bytes <= bytes * 3);
    assert.deepEqual(cache.loaded(), [
      { from: 1000, to: 2000 },
      { from: 3000, to: 5000 },
    ]);
  });

  it('drops a page that is there already', () => {
    const cache = new EventCache(1e9);
    cache.add(page(1000, 2000));
    cache.add(page(1500, 2500));
    assert.deepEqual(cache.loaded(), [{ from: 1000, to: 2000 }]);
  });
});

describe('the length of a page', () => {
  it('is a round number that holds some 100,000 events', () => {
    assert.equal(pageLength(1e6), 100_000);
    assert.equal(pageLength(10e6), 10_000);
    assert.equal(pageLength(1), 5_000_000);
    assert.equal(pageLength(1e12), 1000);
  });
});

describe('the page loader', () => {
  const asked: TimeSpan[] = [];
  let answerUpTo = Number.POSITIVE_INFINITY;

  function makeLoader(): PageLoader {
    asked.length = 0;
    answerUpTo = Number.POSITIVE_INFINITY;
    const fetch = async (span: TimeSpan, signal: AbortSignal): Promise<EventsAnswer> => {
      asked.push(span);
      await new Promise((resolve) => setTimeout(resolve, 1));
      signal.throwIfAborted();
      const to = Math.min(span.to, span.from + answerUpTo);
      const events = packEvents(eventsIn({ from: span.from, to }), span.from, to);
      return { events, reduction: [events.count] };
    };
    const loader = new PageLoader(new EventCache(1e9), fetch, () => undefined);
    loader.setRecording({ from: FIRST, to: END }, 5e6);
    return loader;
  }

  it('loads the slice before the playhead', async () => {
    const loader = makeLoader();
    loader.setRule({ kind: 'time', microseconds: 10_000 });
    assert.equal(loader.has(100_000), false);
    await loader.load(100_000, new AbortController().signal);
    assert.ok(loader.has(100_000));
    assert.equal(eventCount(loader.slices(100_000)), 1000);
    assert.deepEqual(loader.window(100_000), { from: 90_000, to: 100_000 });
  });

  it('asks again where an answer ended early', async () => {
    const loader = makeLoader();
    answerUpTo = 7000;
    loader.setRule({ kind: 'time', microseconds: 30_000 });
    await loader.load(100_000, new AbortController().signal);
    assert.equal(eventCount(loader.slices(100_000)), 3000);
    assert.ok(asked.length > 3);
  });

  it('loads backwards until there are enough events', async () => {
    const loader = makeLoader();
    loader.setRule({ kind: 'count', events: 12_000 });
    await loader.load(END, new AbortController().signal);
    assert.equal(eventCount(loader.slices(END)), 12_000);
    await loader.load(FIRST + 5000, new AbortController().signal);
    assert.equal(eventCount(loader.slices(FIRST + 5000)), 500);
  });

  it('gives up when it is told to', async () => {
    const loader = makeLoader();
    const abort = new AbortController();
    const loading = loader.load(100_000, abort.signal);
    abort.abort();
    await assert.rejects(loading);
    await loader.load(100_000, new AbortController().signal);
    assert.ok(loader.has(100_000));
  });

  it('does not ask twice for what is on its way', async () => {
    const loader = makeLoader();
    loader.setRule({ kind: 'time', microseconds: 10_000 });
    const signal = new AbortController().signal;
    await Promise.all([
      loader.load(60_000, signal),
      loader.load(60_000, signal),
      loader.load(59_000, signal),
    ]);
    assert.equal(new Set(asked.map(({ from }) => from)).size, asked.length);
  });

  it('looks ahead in the direction of playing', async () => {
    const loader = makeLoader();
    loader.setRule({ kind: 'time', microseconds: 1000 });
    await loader.load(100_000, new AbortController().signal);
    const before = asked.length;
    loader.foresee({ time: 100_000, direction: -1, speed: 0.01, until: FIRST, isSlowed: false });
    assert.ok(asked.slice(before).every(({ to }) => to <= 100_500 - 1000 + 60_000));
    assert.ok(asked.length > before);
  });

  it('asks for several pages ahead at once, next ones first', async () => {
    const loader = makeLoader();
    loader.setRule({ kind: 'time', microseconds: 1000 });
    await loader.load(FIRST + 20_000, new AbortController().signal);
    const before = asked.length;
    loader.foresee({ time: FIRST + 20_000, direction: 1, speed: 1, until: END, isSlowed: false });
    const ahead = asked.slice(before);
    assert.ok(ahead.length > 2);
    assert.deepEqual(
      ahead.map(({ from }) => from),
      ahead.map((_, index) => FIRST + 20_000 + index * 20_000),
    );
    loader.foresee({ time: FIRST + 20_000, direction: 1, speed: 1, until: END, isSlowed: false });
    assert.equal(asked.length, before + ahead.length);
  });

  it('withdraws what was foreseen when the playhead goes elsewhere, not when it waits for it', async () => {
    const loader = makeLoader();
    loader.setRule({ kind: 'time', microseconds: 1000 });
    const { signal } = new AbortController();
    await loader.load(FIRST + 20_000, signal);
    loader.foresee({ time: FIRST + 20_000, direction: 1, speed: 0.02, until: END, isSlowed: false });
    const before = asked.length;
    await loader.load(FIRST + 21_000, signal);
    assert.equal(asked.length, before);
    loader.foresee({ time: FIRST + 40_000, direction: 1, speed: 0.02, until: END, isSlowed: false });
    assert.equal(asked.length, before + 1);
    await loader.load(END, signal);
    assert.equal(loader.has(FIRST + 41_000), false);
    assert.ok(loader.has(END));
  });

  it('tells how far playing can go with what is loaded', async () => {
    const loader = makeLoader();
    loader.setRule({ kind: 'time', microseconds: 1000 });
    assert.equal(loader.ahead(FIRST + 25_000, 1), 0);
    await loader.load(FIRST + 25_000, new AbortController().signal);
    assert.equal(loader.ahead(FIRST + 25_000, 1), 15_000);
    assert.equal(loader.ahead(FIRST + 25_000, -1), 4000);
    await loader.load(END, new AbortController().signal);
    assert.equal(loader.ahead(END - 10, 1), Number.POSITIVE_INFINITY);
    await loader.load(FIRST + 10, new AbortController().signal);
    assert.equal(loader.ahead(FIRST + 10, -1), Number.POSITIVE_INFINITY);
  });

  it('forgets everything when the chain changes', async () => {
    const loader = makeLoader();
    await loader.load(100_000, new AbortController().signal);
    loader.clear();
    assert.equal(loader.has(100_000), false);
  });
});
