import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FILTERS } from '../../../../engine/events/filters/filterSettings';
import { REPRESENTATIONS } from '../../../../engine/events/representations/representations';
import type { IndexProgress, ParameterDescription } from '../../../../engine/protocol/recordingProtocol';
import { describeSettings } from '../../../../engine/recordings/settingsDescriptions';
import { enteredMark, enteredTime } from '../../../../webviews/recording/controls/enteredTime';
import { enteredValue } from '../../../../webviews/recording/controls/enteredValue';
import { markNote } from '../../../../webviews/recording/controls/transport';
import { reductionText, totalText } from '../../../../webviews/recording/filters/reductionText';
import { hotPixelFrequency } from '../../../../webviews/recording/filters/startValues';
import { INITIAL_PLAYER, nextPlayer } from '../../../../webviews/recording/player/playerState';
import { nothingShownText } from '../../../../webviews/recording/text/summaryText';

const EARLY = { start: 1000, end: 9_001_000, growing: false };
const LATE = { start: 5_000_000, end: 5_800_001, growing: false };

function problemOf(entered: { problem: string } | object): string {
  return 'problem' in entered ? entered.problem : '';
}

describe('a time that is entered', () => {
  it('counts from the start of the recording', () => {
    assert.deepEqual(enteredTime('0', EARLY), { time: 1000 });
    assert.deepEqual(enteredTime('20 ms', EARLY), { time: 21_000 });
    assert.deepEqual(enteredTime('800001', LATE), { time: 5_800_001 });
  });

  it('may be a timestamp of the file where that is plain', () => {
    fc.assert(
      fc.property(fc.integer({ min: LATE.start, max: LATE.end }), (stamp) => {
        assert.deepEqual(enteredTime(String(stamp), LATE), { time: stamp });
      }),
    );
    assert.deepEqual(enteredTime('5000', { ...EARLY, start: 4000, end: 10_000 }), { time: 9000 });
  });

  it('is refused with the reason and an example where it is none', () => {
    for (const text of ['abc', '50%', '#20000', '-5']) {
      assert.match(problemOf(enteredTime(text, EARLY)), /is no time\. Examples: 1500 \(µs\), 1\.5 ms/, text);
    }
    assert.match(problemOf(enteredTime('10 s', EARLY)), /ends at 0:09\.000 000/);
    assert.match(problemOf(enteredTime('7 s', LATE)), /a timestamp from 5000000 to 5800000/);
    assert.match(problemOf(enteredTime('5', { start: 0, end: 0, growing: true })), /No events/);
  });

  it('may be later than what has been read, but not for a mark', () => {
    const growing = { ...EARLY, growing: true };
    assert.deepEqual(enteredTime('20 s', growing), { time: 20_001_000 });
    assert.match(problemOf(enteredMark('20 s', growing)), /Not read yet.* 0:09/);
    assert.deepEqual(enteredMark('1 s', growing), { time: 1_001_000 });
  });
});

describe('a mark that gives way to the other', () => {
  const marked = [
    { type: 'bounds', start: 0, end: 1000, growing: false } as const,
    { type: 'markIn', time: 500 } as const,
    { type: 'markOut', time: 700 } as const,
  ].reduce(nextPlayer, INITIAL_PLAYER);

  it('is told', () => {
    const early = nextPlayer(marked, { type: 'markOut', time: 300 });
    assert.deepEqual([markNote(marked, early)?.mark, early.markOut], ['markIn', 300]);
    const late = nextPlayer(marked, { type: 'markIn', time: 800 });
    assert.match(markNote(marked, late)?.text ?? '', /OUT was cleared/);
  });

  it('is not told when the marks are cleared or moved', () => {
    const cleared = nextPlayer(nextPlayer(marked, { type: 'markIn', time: undefined }), {
      type: 'markOut',
      time: undefined,
    });
    for (const after of [marked, cleared, nextPlayer(marked, { type: 'markOut', time: 900 })]) {
      assert.equal(markNote(marked, after), undefined);
    }
    assert.equal(markNote(undefined, marked), undefined);
  });
});

describe('a value that is entered', () => {
  const time: ParameterDescription = { name: 'delta', help: 'Time in µs.', wholeNumber: false };
  const count: ParameterDescription = { name: 'n', help: 'One of n.', wholeNumber: true, minimum: 1 };

  it('takes units where it is a time', () => {
    const times = { '2ms': 2000, '2 ms': 2000, '500us': 500, '1 s': 1e6, '1500': 1500, '2.5': 2.5 };
    for (const [text, value] of Object.entries(times)) {
      assert.deepEqual(enteredValue(time, text), { value }, text);
    }
    assert.match(problemOf(enteredValue(count, '2 ms')), /whole number/);
  });

  it('is refused where it cannot be used, and may be none', () => {
    assert.match(problemOf(enteredValue(time, 'soon')), /2 ms/);
    assert.match(problemOf(enteredValue(count, '2.5')), /whole number/);
    assert.match(problemOf(enteredValue(count, '0')), /1 or more/);
    assert.deepEqual(enteredValue(count, '1,000'), { value: 1000 });
    assert.deepEqual(enteredValue(count, ' '), { value: undefined });
  });
});

describe('a value that is entered for a filter or representation', () => {
  const described = [...describeSettings(FILTERS), ...describeSettings(REPRESENTATIONS)];

  function enter(owner: string, name: string, text: string) {
    const { parameters } = described.find((each) => each.name === owner)!;
    return enteredValue(parameters.find((each) => each.name === name)!, text);
  }

  it('is needed where the schema needs it', () => {
    for (const name of ['x', 'y', 'width', 'height']) {
      assert.match(problemOf(enter('Crop', name, '')), /A value is needed/, name);
    }
    assert.deepEqual(enter('DropPixel', 'hot_pixel_frequency', ''), { value: undefined });
    assert.deepEqual(enter('Denoise', 'filter_time', ''), { value: undefined });
  });

  it('is within the range of the schema', () => {
    for (const text of ['0', '-1']) {
      assert.match(problemOf(enter('Denoise', 'filter_time', text)), /more than 0/, text);
      assert.match(problemOf(enter('DropPixel', 'hot_pixel_frequency', text)), /more than 0/, text);
      assert.match(problemOf(enter('Crop', 'width', text)), /1 or more/, text);
    }
    assert.deepEqual(enter('DropPixel', 'hot_pixel_frequency', '0.5'), { value: 0.5 });
    assert.match(problemOf(enter('Crop', 'x', '1e300')), /or less/);
    assert.match(problemOf(enter('ToFrame', 'n_time_bins', '1e300')), /or less/);
    assert.match(problemOf(enter('TrainingFrames', 'size', '1025')), /1024 or less/);
  });
});

describe('what filters drop', () => {
  const hot = (settings: object) =>
    ({ settings: { name: 'DropPixel', ...settings }, enabled: true }) as const;

  it('is being counted until events are there', () => {
    const step = { settings: { name: 'Denoise' }, enabled: true } as const;
    assert.equal(reductionText(step, undefined, undefined), 'counting…');
    assert.equal(reductionText(step, 200, 50), 'drops 75 % of 200');
    assert.equal(reductionText({ ...step, enabled: false }, 200, 200), 'off');
    assert.equal(totalText([]), 'counting…');
    assert.equal(totalText([200, 50]), '50 of 200 loaded events pass (25 %).');
    assert.equal(totalText([0, 0]), '0 of 0 loaded events pass.');
  });

  it('says why hot pixels drop nothing', () => {
    assert.match(reductionText(hot({}), 200, 200), /enter a hot pixel frequency/);
    assert.match(reductionText(hot({ hot_pixel_frequency: 9 }), 200, 200), /no pixel fires that often/);
    assert.equal(reductionText(hot({ hot_pixel_frequency: 9 }), 200, 100), 'drops 50 % of 200');
    assert.equal(reductionText(hot({ coordinates: [[1, 2]] }), 200, 100), 'drops 50 % of 200');
  });

  it('starts far above the mean rate of a pixel', () => {
    const index = { done: true, events: 1_000_000, first: 0, last: 10e6 };
    const size = { width: 100, height: 100 };
    assert.equal(hotPixelFrequency(size, index), 500);
    assert.equal(
      hotPixelFrequency(size, { ...index, last: 70_000, events: 1000 }),
      360,
      '25 events at least',
    );
    assert.equal(hotPixelFrequency(size, { ...index, done: false }), 1000);
    assert.equal(hotPixelFrequency(size, { ...index, last: 0 }), 1000);
  });
});

describe('a recording without a picture', () => {
  it('says that it is loading, that it is empty, or that it failed', () => {
    const index = { done: false, events: 0 } as IndexProgress;
    assert.match(nothingShownText({ index: undefined, player: INITIAL_PLAYER }), /^Loading…/);
    assert.match(nothingShownText({ index, player: INITIAL_PLAYER }), /^Loading…/);
    assert.match(nothingShownText({ index: { ...index, done: true }, player: INITIAL_PLAYER }), /no events/);
    assert.match(nothingShownText({ index, player: { ...INITIAL_PLAYER, end: 9 } }), /could not be loaded/);
  });
});
