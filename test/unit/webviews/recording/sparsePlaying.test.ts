import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { allocateEvents } from '../../../../engine/events/eventBatch';
import { packEvents } from '../../../../engine/recordings/packedEvents';
import { ArrivalMeter } from '../../../../webviews/recording/pages/arrivalMeter';
import { EventCache, type TimeSpan } from '../../../../webviews/recording/pages/eventCache';
import { PageLoader } from '../../../../webviews/recording/pages/pageLoader';
import { PicturePlan, type PlayMoment } from '../../../../webviews/recording/pages/picturePlan';
import { RequestWindow } from '../../../../webviews/recording/pages/requestWindow';

const START = 1_000_000;
const END = 11_000_000;
const PICTURE = 20_000;

/** Playing at 1x; 10 ms of the recording arrive per 40 ms, so that pictures of 20 ms come every 80 ms. */
const SLOW: PlayMoment = {
  now: 0,
  time: START,
  direction: 1,
  speed: 1,
  until: END,
  pictureLength: PICTURE,
  isSlowed: true,
  arriving: 250,
};
const NOTHING = () => false;
const EVERYTHING = () => true;

function sparse(moment: Partial<PlayMoment> = {}): PicturePlan {
  const plan = new PicturePlan();
  for (let now = 0; now <= 600; now += 50) {
    plan.follow({ ...SLOW, ...moment, now }, NOTHING);
  }
  return plan;
}

function distances(plan: PicturePlan): Set<number> {
  return new Set(plan.times.slice(1).map((time, index) => time - plan.times[index]!));
}

describe('the plan of pictures', () => {
  it('shows every moment while events arrive in time', () => {
    const plan = sparse({ isSlowed: false });
    assert.equal(plan.isSparse, false);
    assert.deepEqual(plan.times, []);
  });

  it('leaves pictures out as soon as events have arrived too slowly for a while', () => {
    const plan = new PicturePlan();
    plan.follow(SLOW, NOTHING);
    plan.follow({ ...SLOW, now: 200 }, NOTHING);
    plan.follow({ ...SLOW, now: 250 }, NOTHING);
    assert.equal(plan.isSparse, false);
    plan.follow({ ...SLOW, now: 300, isSlowed: false }, NOTHING);
    plan.follow({ ...SLOW, now: 350 }, NOTHING);
    assert.equal(plan.isSparse, false);
    plan.follow({ ...SLOW, now: 400 }, NOTHING);
    assert.equal(plan.isSparse, true);
    const [distance] = [...distances(plan)];
    assert.ok(distance! > 80_000 && distance! < 100_000);
    assert.equal(plan.times[0], START + distance!);
    assert.ok(plan.times.at(-1)! >= START + 1e6);
  });

  it('slows down instead where there would be few pictures, or where slices are counted', () => {
    assert.equal(sparse({ arriving: 50 }).isSparse, false);
    assert.equal(sparse({ arriving: 0 }).isSparse, false);
    assert.equal(sparse({ pictureLength: 200_000 }).isSparse, false);
    assert.equal(sparse({ pictureLength: undefined }).isSparse, false);
  });

  it('goes both ways and ends with the last picture', () => {
    const back = sparse({ direction: -1, time: START + 150_000, until: START });
    assert.equal(back.times.at(-1), START);
    assert.ok(back.times.every((time, index) => index === 0 || time < back.times[index - 1]!));
    assert.equal(sparse({ time: END - 130_000 }).times.at(-1), END);
    assert.deepEqual(sparse({ time: END }).times, []);
  });

  it('gives the last loaded picture that is due', () => {
    const plan = sparse();
    const [first, second, third] = plan.times as [number, number, number];
    assert.equal(plan.next(START, 1, second - START, EVERYTHING), second);
    assert.equal(
      plan.next(START, 1, third - START, (time) => time <= first),
      first,
    );
    assert.equal(plan.next(START, 1, first - START - 1, EVERYTHING), START);
    assert.equal(plan.next(START, 1, 1e6, NOTHING), START);
  });

  it('shows more pictures as long as they come in time, and fewer where they do not', () => {
    const plan = sparse();
    const before = Math.min(...distances(plan));
    let time = START;
    for (let now = 650; now <= 1600; now += 50) {
      plan.follow({ ...SLOW, now, time }, NOTHING);
    }
    time += 1_500_000;
    plan.follow({ ...SLOW, now: 1650, time }, NOTHING);
    const fewer = Math.max(...distances(plan));
    assert.ok(fewer > before);
    assert.ok(fewer <= 200_000);
    for (let now = 1700; now <= 4000; now += 50) {
      time += 50_000;
      plan.follow({ ...SLOW, now, time }, EVERYTHING);
    }
    // Frames come every 50 ms: more pictures than that could not be shown.
    const most = Math.min(...distances(plan));
    assert.ok(most < fewer && most >= 45_000);
    for (let now = 4010; now <= 7000; now += 10) {
      time += 10_000;
      plan.follow({ ...SLOW, now, time }, EVERYTHING);
    }
    assert.equal(plan.isSparse, false);
  });

  it('begins anew where the playhead was put before it, goes slower, turns around or has left a loop', () => {
    const plan = sparse();
    plan.follow({ ...SLOW, now: 610, time: START - 500_000 }, NOTHING);
    assert.ok(plan.times[0]! < START - 300_000);
    plan.follow({ ...SLOW, now: 620, time: START - 500_000, speed: 0.1 }, NOTHING);
    assert.ok(plan.times[0]! < START - 470_000);
    plan.follow({ ...SLOW, now: 630, direction: -1, until: 0 }, NOTHING);
    assert.ok(plan.times.every((time) => time < START));
    plan.follow({ ...SLOW, now: 640, until: START - 1 }, NOTHING);
    assert.deepEqual([plan.isSparse, plan.times.length], [false, 0]);
  });

  it('drops what playing has passed', () => {
    const plan = sparse();
    const [first, second] = plan.times as [number, number];
    plan.follow({ ...SLOW, now: 610, time: first }, NOTHING);
    assert.equal(plan.times[0], second);
  });
});

describe('the window of requests', () => {
  it('opens while answers come soon and closes again when they queue up', () => {
    const window = new RequestWindow();
    assert.equal(window.size, 6);
    window.arrived(700);
    assert.equal(window.size, 6);
    for (let answer = 0; answer < 100; answer++) {
      window.arrived(100);
    }
    assert.equal(window.size, 32);
    for (let answer = 0; answer < 10; answer++) {
      window.arrived(2000);
    }
    assert.equal(window.size, 22);
    for (let answer = 0; answer < 100; answer++) {
      window.arrived(2000);
    }
    assert.equal(window.size, 6);
  });
});

describe('the meter of arrivals', () => {
  it('tells how much of the recording arrives per ms, of the last second', () => {
    const meter = new ArrivalMeter();
    assert.equal(meter.rate(1000), 0);
    for (let now = 1000; now <= 1500; now += 100) {
      meter.count(now, 5000);
    }
    assert.equal(meter.rate(1500), 60);
    assert.equal(meter.rate(2400), 10);
    meter.restart(2400);
    meter.count(2500, 5000);
    assert.equal(meter.rate(2500), 50);
  });
});

describe('a loader that events reach too slowly', () => {
  it('asks for the pictures of the plan only, all of their events, and pauses with them', async () => {
    const asked: TimeSpan[] = [];
    let link: Promise<unknown> = Promise.resolve();
    const loader = new PageLoader(
      new EventCache(1e9),
      async (span) => {
        asked.push(span);
        link = link.then(() => delay((span.to - span.from) / 2000));
        await link;
        return { events: packEvents(allocateEvents(0), span.from, span.to), reduction: [0] };
      },
      () => undefined,
    );
    loader.setRecording({ from: START, to: END }, 1e6);
    loader.setRule({ kind: 'time', microseconds: PICTURE });
    let time = START + PICTURE;
    await loader.load(time, new AbortController().signal);
    // Two ms of the recording arrive per ms, ten are wanted.
    let before = 0;
    for (let frame = 0; frame < 200 && !loader.isSparse; frame++) {
      before = asked.length;
      loader.foresee({ time, direction: 1, speed: 10, until: END, isSlowed: true });
      await delay(10);
      time += Math.floor(loader.ahead(time, 1) / 10);
    }
    assert.equal(loader.isSparse, true);
    let picture = time;
    for (let frame = 0; frame < 200 && (picture === time || asked.length === before); frame++) {
      loader.foresee({ time, direction: 1, speed: 10, until: END, isSlowed: true });
      await delay(10);
      picture = loader.nextPicture(time, 1, 4e6) ?? time;
    }
    assert.ok(picture > time);
    assert.ok(loader.has(picture));
    assert.ok(asked.length > before);
    assert.ok(asked.slice(before).every(({ from, to }) => to - from <= PICTURE));
    loader.dispose();
  });
});
