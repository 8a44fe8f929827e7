import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Player } from '../../../../webviews/recording/player/player';
import {
  FASTEST,
  INITIAL_PLAYER,
  isPlaying,
  isWaitingForPass,
  nextPlayer,
  type PlayerAction,
  type PlayerState,
  SLOWEST,
} from '../../../../webviews/recording/player/playerState';

const START = 1000;
const END = 101_000;
const READY = nextPlayer(
  { ...INITIAL_PLAYER, speed: 1 },
  {
    type: 'bounds',
    start: START,
    end: END,
    growing: false,
  },
);

function following(state: PlayerState, ...actions: PlayerAction[]): PlayerState {
  return actions.reduce(nextPlayer, state);
}

function arrived(state: PlayerState): PlayerState {
  return nextPlayer(state, { type: 'arrive', ticket: state.ticket });
}

describe('the player', () => {
  it('begins at the start, paused', () => {
    assert.equal(READY.time, START);
    assert.equal(READY.mode, 'paused');
  });

  it('plays with its speed, down to a thousandth', () => {
    const played = following(READY, { type: 'play' }, { type: 'advance', wallMicroseconds: 16_667 });
    assert.equal(played.time, START + 16_667);
    let slow = following(READY, { type: 'speed', speed: 0.001 }, { type: 'play' });
    for (let frame = 0; frame < 60; frame++) {
      slow = nextPlayer(slow, { type: 'advance', wallMicroseconds: 16_667 });
    }
    assert.equal(slow.time, START + 1000);
  });

  it('plays backwards', () => {
    const middle = arrived(following(READY, { type: 'seek', time: 50_000 }));
    const back = following(
      middle,
      { type: 'turnAround' },
      { type: 'play' },
      { type: 'advance', wallMicroseconds: 1500 },
    );
    assert.equal(back.time, 48_500);
  });

  it('plays forwards when it is toggled, whatever direction was played before', () => {
    const middle = arrived(following(READY, { type: 'seek', time: 50_000 }));
    const back = following(middle, { type: 'turnAround' }, { type: 'play' }, { type: 'toggle' });
    assert.equal(back.mode, 'paused');
    const forwards = following(back, { type: 'toggle' }, { type: 'advance', wallMicroseconds: 1500 });
    assert.deepEqual([forwards.mode, forwards.time], ['playing', 51_500]);
  });

  it('stops at the end, and begins again from the start', () => {
    const late = arrived(following(READY, { type: 'seek', time: END - 10 }));
    const ended = following(late, { type: 'play' }, { type: 'advance', wallMicroseconds: 1000 });
    assert.deepEqual([ended.mode, ended.time], ['paused', END]);
    const again = nextPlayer(ended, { type: 'play' });
    assert.deepEqual([again.mode, again.time, again.resume], ['seeking', START, true]);
    assert.equal(arrived(again).mode, 'playing');
  });

  it('loops between its marks in both directions', () => {
    const marked = following(
      READY,
      { type: 'markIn', time: 20_000 },
      { type: 'markOut', time: 30_000 },
      { type: 'toggleLoop' },
      { type: 'seek', time: 29_900 },
    );
    const looped = following(arrived(marked), { type: 'play' }, { type: 'advance', wallMicroseconds: 200 });
    assert.deepEqual([looped.time, looped.mode], [20_000, 'seeking']);
    const back = following(
      arrived(looped),
      { type: 'turnAround' },
      { type: 'advance', wallMicroseconds: 10 },
    );
    assert.deepEqual([back.time, arrived(back).mode], [30_000, 'playing']);
  });

  it('drops a mark that would lie on the wrong side', () => {
    const state = following(READY, { type: 'markOut', time: 20_000 }, { type: 'markIn', time: 30_000 });
    assert.deepEqual([state.markIn, state.markOut], [30_000, undefined]);
    assert.equal(following(state, { type: 'markIn', time: undefined }).markIn, undefined);
  });

  it('pauses when it steps, and waits for the picture', () => {
    const stepped = following(READY, { type: 'play' }, { type: 'step', microseconds: 10_000 });
    assert.deepEqual([stepped.mode, stepped.time], ['seeking', START + 10_000]);
    assert.equal(arrived(stepped).mode, 'paused');
  });

  it('goes on playing after a seek, unless it is paused meanwhile', () => {
    const sought = following(READY, { type: 'play' }, { type: 'seek', time: 60_000 });
    assert.equal(arrived(sought).mode, 'playing');
    assert.equal(arrived(nextPlayer(sought, { type: 'pause' })).mode, 'paused');
  });

  it('ignores what arrives for an older wish', () => {
    const first = nextPlayer(READY, { type: 'seek', time: 20_000 });
    const second = nextPlayer(first, { type: 'seek', time: 40_000 });
    assert.deepEqual(nextPlayer(second, { type: 'arrive', ticket: first.ticket }), second);
    assert.equal(arrived(second).mode, 'paused');
  });

  it('waits when events are missing and goes on when they are there', () => {
    const waiting = following(READY, { type: 'play' }, { type: 'starve' });
    assert.equal(waiting.mode, 'waiting');
    assert.equal(nextPlayer(waiting, { type: 'advance', wallMicroseconds: 1000 }).time, START);
    assert.equal(arrived(waiting).mode, 'playing');
    assert.equal(nextPlayer(waiting, { type: 'toggle' }).mode, 'paused');
  });

  it('waits for a time that has not been read, and goes there when it has', () => {
    const bounds = { type: 'bounds', start: START, growing: true } as const;
    const sought = following(READY, { ...bounds, end: 50_000 }, { type: 'seek', time: 70_000 });
    assert.deepEqual([sought.mode, sought.time, isWaitingForPass(sought)], ['seeking', START, true]);
    const nearer = nextPlayer(sought, { ...bounds, end: 60_000 });
    assert.ok(isWaitingForPass(nearer));
    const there = nextPlayer(nearer, { ...bounds, end: 71_000 });
    assert.deepEqual([there.time, isWaitingForPass(there), arrived(there).mode], [70_000, false, 'paused']);
    const over = nextPlayer(nearer, { ...bounds, end: 65_000, growing: false });
    assert.deepEqual([over.mode, over.time, over.wish], ['seeking', 65_000, undefined]);
  });

  it('waits for the end until the recording has been read', () => {
    const bounds = { type: 'bounds', start: START, end: 50_000, growing: true } as const;
    const sought = following(READY, bounds, { type: 'seek', time: Number.POSITIVE_INFINITY });
    const longer = nextPlayer(sought, { ...bounds, end: 90_000 });
    assert.deepEqual([longer.time, isWaitingForPass(longer)], [START, true]);
    assert.equal(nextPlayer(longer, { ...bounds, end: 95_000, growing: false }).time, 95_000);
  });

  it('stays where it is when another action comes before the time has been read', () => {
    const sought = following(
      READY,
      { type: 'bounds', start: START, end: 50_000, growing: true },
      { type: 'seek', time: 20_000 },
      { type: 'seek', time: 70_000 },
    );
    const expected: [PlayerAction, number, boolean][] = [
      [{ type: 'pause' }, 20_000, false],
      [{ type: 'toggle' }, 20_000, true],
      [{ type: 'step', microseconds: -500 }, 19_500, false],
      [{ type: 'seek', time: 30_000 }, 30_000, false],
    ];
    for (const [action, time, plays] of expected) {
      const next = nextPlayer(sought, action);
      assert.deepEqual(
        [isWaitingForPass(next), next.time, isPlaying(next)],
        [false, time, plays],
        action.type,
      );
    }
  });

  it('goes on playing at the end of what has been read so far', () => {
    const bounds = { type: 'bounds', start: START, end: 2000, growing: true } as const;
    const played = following(READY, bounds, { type: 'play' }, { type: 'advance', wallMicroseconds: 5000 });
    assert.deepEqual([played.mode, played.time], ['playing', 2000]);
    const on = following(played, { ...bounds, end: 9000 }, { type: 'advance', wallMicroseconds: 100 });
    assert.deepEqual([on.mode, on.time], ['playing', 2100]);
  });

  it('keeps its speed in bounds', () => {
    let state = READY;
    for (let step = 0; step < 40; step++) {
      state = nextPlayer(state, { type: 'slower' });
    }
    assert.equal(state.speed, SLOWEST);
    assert.equal(nextPlayer(state, { type: 'speed', speed: 1e9 }).speed, FASTEST);
    assert.equal(nextPlayer(READY, { type: 'faster' }).speed, 2);
  });

  it('never leaves the recording, whatever is done', () => {
    const time = fc.integer({ min: -1e6, max: 1e6 });
    const action: fc.Arbitrary<PlayerAction> = fc.oneof(
      fc.constantFrom<PlayerAction>(
        { type: 'play' },
        { type: 'pause' },
        { type: 'toggle' },
        { type: 'turnAround' },
        { type: 'starve' },
        { type: 'toggleLoop' },
        { type: 'faster' },
        { type: 'slower' },
        { type: 'firstSlice' },
      ),
      fc.integer({ min: -9, max: 9 }).map((slices): PlayerAction => ({ type: 'slices', slices })),
      fc
        .tuple(fc.integer({ min: START, max: END }), fc.boolean())
        .map(([end, growing]): PlayerAction => ({ type: 'bounds', start: START, end, growing })),
      time.map((value): PlayerAction => ({ type: 'seek', time: value })),
      time.map((value): PlayerAction => ({ type: 'step', microseconds: value })),
      time.map((value): PlayerAction => ({ type: 'markIn', time: value })),
      time.map((value): PlayerAction => ({ type: 'markOut', time: value })),
      fc.nat(100_000).map((value): PlayerAction => ({ type: 'advance', wallMicroseconds: value })),
      fc.nat(60).map((ticket): PlayerAction => ({ type: 'arrive', ticket })),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        let state = READY;
        for (const each of actions) {
          const next = nextPlayer(state, each);
          assert.ok(next.time >= START && next.time <= END, `${next.time}`);
          assert.ok(Number.isInteger(next.time) && next.rest >= 0 && next.rest < 1);
          assert.ok(next.ticket >= state.ticket);
          assert.ok(next.markIn === undefined || next.markOut === undefined || next.markIn < next.markOut);
          state = next;
        }
      }),
    );
  });
});

/** Loads that the test lets through one by one, and a clock that it turns. */
class Bench {
  readonly loads: { time: number; aborted: () => boolean; finish: () => void }[] = [];
  readonly loaded = new Set<number>();
  everything = false;
  ahead = Number.POSITIVE_INFINITY;
  /** Pictures that are there while others are left out; undefined: every moment is shown. */
  pictures: number[] | undefined;
  #draw: ((now: number) => void) | undefined;
  readonly player = new Player(
    {
      has: (time) => this.everything || this.loaded.has(time),
      load: (time, signal) =>
        new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          this.loads.push({
            time,
            aborted: () => signal.aborted,
            finish: () => {
              this.loaded.add(time);
              resolve();
            },
          });
        }),
      sliceEnd: () => undefined,
      findSlice: () => Promise.reject(new Error('no slices here')),
      ahead: () => this.ahead,
      foresee: () => undefined,
      nextPicture: (time, _, due) =>
        this.pictures && (this.pictures.findLast((each) => each > time && each - time <= due) ?? time),
    },
    {
      request: (draw) => {
        this.#draw = draw;
        return 1;
      },
      cancel: () => {
        this.#draw = undefined;
      },
    },
    () => undefined,
    (error) => {
      throw error;
    },
  );

  constructor() {
    this.player.do({ type: 'bounds', start: START, end: END, growing: false });
    this.player.do({ type: 'speed', speed: 1 });
  }

  frame(now: number): void {
    const draw = this.#draw;
    this.#draw = undefined;
    draw?.(now);
  }
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}

describe('scrubbing', () => {
  it('gives up every fetch but the last', async () => {
    const bench = new Bench();
    for (let time = 10_000; time < 20_000; time += 1000) {
      bench.player.do({ type: 'seek', time });
    }
    assert.equal(bench.loads.length, 10);
    assert.deepEqual(
      bench.loads.map(({ aborted }) => aborted()),
      [...Array<boolean>(9).fill(true), false],
    );
    bench.loads[3]!.finish();
    await settle();
    assert.equal(bench.player.state.mode, 'seeking');
    bench.loads[9]!.finish();
    await settle();
    assert.deepEqual([bench.player.state.mode, bench.player.state.time], ['paused', 19_000]);
  });

  it('fetches nothing that is loaded', () => {
    const bench = new Bench();
    bench.everything = true;
    bench.player.do({ type: 'seek', time: 50_000 });
    assert.equal(bench.player.state.mode, 'paused');
    assert.equal(bench.loads.length, 0);
  });

  it('playing waits for events and then goes on', async () => {
    const bench = new Bench();
    bench.everything = true;
    bench.player.do({ type: 'play' });
    bench.frame(0);
    bench.frame(20);
    assert.equal(bench.player.state.time, START + 20_000);
    bench.everything = false;
    bench.ahead = 0;
    bench.frame(40);
    assert.equal(bench.player.state.mode, 'waiting');
    assert.equal(bench.loads[0]!.time, START + 20_001);
    bench.loads[0]!.finish();
    await settle();
    assert.equal(bench.player.state.mode, 'playing');
    assert.ok(isPlaying(bench.player.state));
  });

  it('playing slows down to the pace at which events arrive', () => {
    const bench = new Bench();
    bench.everything = true;
    bench.player.do({ type: 'play' });
    bench.frame(0);
    for (let frame = 1; frame <= 20; frame++) {
      const before = bench.player.state.time;
      bench.ahead = START + 10_000 + frame * 4000 - before;
      bench.frame(frame * 20);
      assert.ok(bench.player.state.time - before <= bench.ahead / 10 + 1);
      assert.equal(bench.player.state.mode, 'playing');
    }
    // 4 ms arrive with each frame of 20 ms: playing keeps a few frames behind them.
    assert.ok(bench.player.state.time > START + 20 * 4000 - 50_000);
  });

  it('playing keeps its speed where pictures are left out', () => {
    const bench = new Bench();
    bench.ahead = 0;
    bench.pictures = [START + 30_000, START + 60_000, START + 90_000, END];
    bench.player.do({ type: 'play' });
    const shown: number[] = [];
    for (let frame = 0; frame <= 5; frame++) {
      bench.frame(frame * 20);
      shown.push(bench.player.state.time - START);
    }
    assert.deepEqual(shown, [0, 0, 30_000, 60_000, 60_000, END - START]);
    assert.equal(bench.player.state.mode, 'paused');
    assert.equal(bench.loads.length, 0);
  });

  it('playing waits for a picture no longer than for any other events', async () => {
    const bench = new Bench();
    bench.pictures = [];
    bench.player.do({ type: 'play' });
    for (let now = 0; now <= 2900; now += 100) {
      bench.frame(now);
    }
    assert.deepEqual([bench.player.state.mode, bench.player.state.time], ['playing', START]);
    bench.pictures = [START + 90_000];
    bench.frame(2950);
    assert.equal(bench.player.state.time, START + 90_000);
    bench.pictures = [];
    for (let now = 3000; now <= 6000; now += 100) {
      bench.frame(now);
    }
    assert.equal(bench.player.state.mode, 'waiting');
    assert.equal(bench.loads.at(-1)!.time, START + 90_001);
  });

  it('a page that slept does not jump', () => {
    const bench = new Bench();
    bench.everything = true;
    bench.player.do({ type: 'play' });
    bench.frame(0);
    bench.frame(60_000);
    assert.equal(bench.player.state.time, START + 100_000);
  });
});
