import assert from 'node:assert/strict';
import fc from 'fast-check';
import { allocateEvents } from '../../../../engine/events/eventBatch';
import type { EventsAnswer } from '../../../../engine/protocol/recordingProtocol';
import { packEvents } from '../../../../engine/recordings/packedEvents';
import { firstSliceAction, stepAction } from '../../../../webviews/recording/controls/steps';
import { EventCache, type PageSlice, type TimeSpan } from '../../../../webviews/recording/pages/eventCache';
import { PageLoader } from '../../../../webviews/recording/pages/pageLoader';
import type { SliceEnd } from '../../../../webviews/recording/pages/sliceEnds';
import { Player } from '../../../../webviews/recording/player/player';
import { INITIAL_PLAYER } from '../../../../webviews/recording/player/playerState';
import { INITIAL_VIEW } from '../../../../webviews/recording/viewState';

const START = 700;
/** Of the page loader before it knows the event rate. */
const PAGE = 50_000;

/** A loader over events at the given times, each with its number as its column. */
function loaderOver(times: readonly number[], count: number): { loader: PageLoader; asked: TimeSpan[] } {
  const asked: TimeSpan[] = [];
  const fetch = async ({ from, to }: TimeSpan, signal: AbortSignal): Promise<EventsAnswer> => {
    asked.push({ from, to });
    await Promise.resolve();
    signal.throwIfAborted();
    const numbers = times.flatMap((time, number) => (time >= from && time < to ? [number] : []));
    const batch = allocateEvents(numbers.length);
    numbers.forEach((number, index) => {
      batch.t[index] = times[number]!;
      batch.x[index] = number;
    });
    return { events: packEvents(batch, from, to), reduction: [numbers.length] };
  };
  const loader = new PageLoader(new EventCache(1e9), fetch, () => undefined);
  loader.setRecording({ from: times[0]!, to: times.at(-1)! + 1 }, undefined);
  loader.setRule({ kind: 'count', events: count });
  return { loader, asked };
}

function numbersIn(slices: readonly PageSlice[]): number[] {
  return slices.flatMap(({ page, begin, end }) =>
    [...page.columns.place.subarray(begin, end)].map((place) => place & 0xffff),
  );
}

const { signal } = new AbortController();

async function shownAt(loader: PageLoader, { time, held }: SliceEnd): Promise<number[]> {
  await loader.load(time, signal, held);
  return numbersIn(loader.slices(time, held));
}

/** Rising times with many events of one µs and gaps over several pages. */
const TIMES = fc
  .array(fc.constantFrom(0, 0, 0, 1, 3, 1000, PAGE, 3 * PAGE + 7), { minLength: 1, maxLength: 60 })
  .map((gaps) => {
    let time = START;
    return gaps.map((gap) => {
      time += gap;
      return time;
    });
  });

describe('steps in slices of event counts', () => {
  it('show every event once, in order, and the same on the way back', async () => {
    await fc.assert(
      fc.asyncProperty(TIMES, fc.integer({ min: 1, max: 9 }), async (times, count) => {
        const { loader } = loaderOver(times, count);
        const ends = [await loader.findSlice({ time: times[0]!, held: 0 }, 1, signal)];
        const whole = Math.floor(times.length / count);
        for (let slice = 1; slice < whole; slice++) {
          ends.push(await loader.findSlice(ends.at(-1)!, 1, signal));
        }
        if (whole > 0) {
          const shown = await Promise.all(ends.map((end) => shownAt(loader, end)));
          assert.deepEqual(
            shown.flat(),
            Array.from({ length: whole * count }, (_, number) => number),
          );
        }
        for (let slice = ends.length - 1; slice > 0; slice--) {
          assert.deepEqual(await loader.findSlice(ends[slice]!, -1, signal), ends[slice - 1]);
        }
      }),
    );
  });

  it('of many slices go where as many single ones go', async () => {
    await fc.assert(
      fc.asyncProperty(TIMES, fc.integer({ min: 1, max: 5 }), fc.nat(9), async (times, count, slices) => {
        const { loader } = loaderOver(times, count);
        let end: SliceEnd = { time: times[0]!, held: 0 };
        for (let slice = 0; slice <= slices; slice++) {
          end = await loader.findSlice(end, 1, signal);
        }
        const far = await loader.findSlice({ time: times[0]!, held: 0 }, slices + 1, signal);
        assert.deepEqual(far, end);
      }),
    );
  });

  it('never get stuck before the last event or behind the first slice, wherever they begin', async () => {
    await fc.assert(
      fc.asyncProperty(TIMES, fc.integer({ min: 1, max: 9 }), fc.nat(9 * PAGE), async (times, count, at) => {
        const { loader } = loaderOver(times, count);
        const end = times.at(-1)! + 1;
        const from = { time: Math.min(times[0]! + at, end), held: 0 };
        const before = times.filter((time) => time < from.time).length;
        const forward = await loader.findSlice(from, 1, signal);
        const shown = await shownAt(loader, forward);
        assert.equal(shown.at(-1), Math.min(before + count, times.length) - 1);
        const back = await loader.findSlice(from, -1, signal);
        const last = (await shownAt(loader, back)).at(-1) ?? -1;
        assert.equal(last, before > count ? before - count - 1 : Math.min(before, count) - 1);
      }),
    );
  });

  it('load only what lies on the way', async () => {
    const times = Array.from({ length: 100 }, (_, number) => number * 20_000);
    const { loader, asked } = loaderOver(times, 3);
    const end = await loader.findSlice({ time: 1_000_000, held: 0 }, 1, signal);
    assert.deepEqual(end, { time: 1_040_001, held: 0 });
    assert.deepEqual(asked, [{ from: 1_000_000, to: 1_050_000 }]);
  });

  it('are steps of their length where slices have one, or where the steps of the network end', () => {
    const player = { ...INITIAL_PLAYER, start: START, end: 900_000, time: 250 };
    const model = { player, network: {} };
    const count = { ...INITIAL_VIEW, sliceKind: 'count' } as const;
    assert.deepEqual(stepAction({ ...model, view: INITIAL_VIEW }, -10), {
      type: 'step',
      microseconds: -10 * INITIAL_VIEW.sliceMicroseconds,
    });
    assert.deepEqual(stepAction({ ...model, view: count }, -10), { type: 'slices', slices: -10 });
    const steps = [100, 200.5, 300, 300, 700].map((end) => ({ start: 0, end, events: 0 }));
    const tensor = { values: new Float32Array(), shape: [5, 1, 1, 1] as const, steps };
    const network = { ...model, network: { tensor }, view: { ...count, view: 'network' } as const };
    assert.deepEqual(
      [1, 3, 9, -1, -2, -9].map((slices) => stepAction(network, slices)),
      [300, 700, 700, 201, 100, 100].map((to) => ({ type: 'step', microseconds: to - 250 })),
    );
  });

  it('begin with the first slice, which Home goes to', () => {
    const player = { ...INITIAL_PLAYER, start: START, end: START + 15_000 };
    const model = { player, network: {}, view: { ...INITIAL_VIEW, sliceMicroseconds: 2000 } };
    assert.deepEqual(firstSliceAction(model), { type: 'seek', time: START + 2000 });
    const long = { ...model.view, sliceMicroseconds: 20_000 };
    assert.deepEqual(firstSliceAction({ ...model, view: long }), { type: 'seek', time: START + 15_000 });
    const count = { ...model.view, sliceKind: 'count' } as const;
    assert.deepEqual(firstSliceAction({ ...model, view: count }), { type: 'firstSlice' });
  });
});

describe('the player on slices of event counts', () => {
  const times = Array.from({ length: 40 }, (_, number) => START + Math.floor(number / 7) * 60_000);

  function playerOver(loader: PageLoader): Player {
    const clock = { request: () => 1, cancel: () => undefined };
    const player = new Player(
      loader,
      clock,
      () => undefined,
      (error) => {
        throw error;
      },
    );
    player.do({ type: 'bounds', start: START, end: times.at(-1)! + 1, growing: false });
    return player;
  }

  async function paused(player: Player): Promise<void> {
    while (player.state.mode !== 'paused') {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  it('steps by exactly so many events over pages that are not loaded, and adds quick steps up', async () => {
    const { loader } = loaderOver(times, 5);
    const player = playerOver(loader);
    const shown = () => numbersIn(loader.slices(player.state.time, player.state.held));
    player.do({ type: 'firstSlice' });
    assert.equal(player.state.mode, 'seeking');
    player.do({ type: 'slices', slices: 1 });
    player.do({ type: 'slices', slices: 1 });
    await paused(player);
    assert.deepEqual(shown(), [10, 11, 12, 13, 14]);
    player.do({ type: 'slices', slices: -1 });
    await paused(player);
    assert.deepEqual(shown(), [5, 6, 7, 8, 9]);
    player.do({ type: 'slices', slices: -10 });
    await paused(player);
    assert.deepEqual(shown(), [0, 1, 2, 3, 4]);
    player.do({ type: 'slices', slices: 10 });
    await paused(player);
    assert.deepEqual([player.state.time, shown()], [times.at(-1)! + 1, [35, 36, 37, 38, 39]]);
  });

  it('drops a step when it goes elsewhere meanwhile', async () => {
    const { loader } = loaderOver(times, 5);
    const player = playerOver(loader);
    player.do({ type: 'slices', slices: 3 });
    player.do({ type: 'seek', time: START + 60_001 });
    await paused(player);
    assert.deepEqual([player.state.time, player.state.held], [START + 60_001, 0]);
    assert.equal(player.state.wish, undefined);
  });
});
