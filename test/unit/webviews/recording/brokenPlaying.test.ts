import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { allocateEvents } from '../../../../engine/events/eventBatch';
import type { EventsAnswer } from '../../../../engine/protocol/recordingProtocol';
import { packEvents } from '../../../../engine/recordings/packedEvents';
import { EventCache, type TimeSpan } from '../../../../webviews/recording/pages/eventCache';
import { PageLoader } from '../../../../webviews/recording/pages/pageLoader';
import { Player } from '../../../../webviews/recording/player/player';

const END = 20_000_000;
const BROKEN: TimeSpan = { from: 4_000_000, to: 4_400_000 };
const FRAME_MS = 16;

/** A link over which `rate` µs of the recording arrive per ms, one question after the other. */
class Link {
  asked = 0;
  private questions: { left: number; answer: () => void }[] = [];

  constructor(private readonly rate: number) {}

  readonly fetch = (span: TimeSpan, signal: AbortSignal): Promise<EventsAnswer> => {
    this.asked++;
    return new Promise((resolve, reject) => {
      if (span.from < BROKEN.to && span.to > BROKEN.from) {
        reject(new Error('damaged'));
        return;
      }
      const question = {
        left: (span.to - span.from) / this.rate,
        answer: () => resolve({ events: packEvents(allocateEvents(0), span.from, span.to), reduction: [] }),
      };
      this.questions.push(question);
      signal.addEventListener('abort', () => {
        this.questions = this.questions.filter((each) => each !== question);
        reject(signal.reason);
      });
    });
  };

  pass(milliseconds: number): void {
    for (let left = milliseconds; left > 0 && this.questions.length > 0; ) {
      const [first] = this.questions as [{ left: number; answer: () => void }];
      const step = Math.min(left, first.left);
      left -= step;
      first.left -= step;
      if (first.left <= 1e-9) {
        this.questions.shift();
        first.answer();
      }
    }
  }
}

describe('playing into events that cannot be had', () => {
  const { now } = performance;
  let time = 0;
  beforeEach(() => {
    time = 0;
    performance.now = () => time;
  });
  afterEach(() => {
    performance.now = now;
  });

  /** Plays for so many ms of a clock of its own. */
  async function play(rate: number, milliseconds: number) {
    const link = new Link(rate);
    const failures: string[] = [];
    let frame: ((now: number) => void) | undefined;
    const loader = new PageLoader(new EventCache(1e9), link.fetch, () => {});
    loader.setRecording({ from: 0, to: END }, 3e6);
    loader.setRule({ kind: 'time', microseconds: 20_000 });
    const clock = {
      request: (draw: (now: number) => void) => {
        frame = draw;
        return 1;
      },
      cancel: () => {},
    };
    const player = new Player(
      loader,
      clock,
      () => {},
      (error) => failures.push((error as Error).message),
    );
    player.do({ type: 'bounds', start: 0, end: END, growing: false });
    player.do({ type: 'speed', speed: 1 });
    player.do({ type: 'seek', time: 20_000 });
    player.do({ type: 'play' });
    for (; time < milliseconds; time += FRAME_MS) {
      link.pass(FRAME_MS);
      await turn();
      const draw = frame;
      frame = undefined;
      draw?.(time);
      await turn();
    }
    player.dispose();
    loader.dispose();
    return { state: player.state, asked: link.asked, failures };
  }

  for (const [name, rate] of [
    ['slow', 250],
    ['fast', 5000],
  ] as const) {
    it(`stops there and tells it once over a ${name} link`, async () => {
      const { state, asked, failures } = await play(rate, 20_000);
      assert.equal(state.mode, 'paused');
      assert.ok(state.time <= BROKEN.from && state.time > BROKEN.from - 50_000, String(state.time));
      assert.deepEqual(failures, ['damaged']);
      assert.ok(asked < 500, `${asked} questions`);
    });
  }
});
