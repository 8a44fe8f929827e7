import assert from 'node:assert/strict';
import { INITIAL_PLAYER } from '../../../../webviews/recording/player/playerState';
import { type PlayRate, PlayRateMeter } from '../../../../webviews/recording/player/playRate';
import { badgeText } from '../../../../webviews/recording/text/badgeText';

describe('the rate of playing', () => {
  it('is that of the last second, in the direction of playing', () => {
    const meter = new PlayRateMeter();
    assert.equal(meter.rate, undefined);
    for (let frame = 0; frame <= 100; frame++) {
      meter.count(frame * 20, frame * 5000, 1);
    }
    assert.deepEqual(meter.rate, { picturesPerSecond: 50, speed: 0.25 });
    meter.count(2020, 0, 1);
    assert.equal(meter.rate, undefined);
  });

  it('counts a picture once, however often it is drawn', () => {
    const meter = new PlayRateMeter();
    for (let frame = 0; frame <= 100; frame++) {
      meter.count(frame * 10, Math.floor(frame / 10) * 100_000, 1);
    }
    assert.deepEqual(meter.rate, { picturesPerSecond: 10, speed: 1 });
  });

  it('is shown, and how much slower it is than wanted', () => {
    const text = (speed: number, playRate?: PlayRate, isSparse = false) =>
      badgeText({ renderer: 'WebGL 2', playRate, player: { ...INITIAL_PLAYER, speed }, isSparse });
    assert.deepEqual(text(1), { text: 'WebGL 2', help: '' });
    const rate = { picturesPerSecond: 59.8, speed: 0.95 };
    assert.deepEqual(text(1, rate), { text: 'WebGL 2 · 60 fps', help: '' });
    const slow = text(5, rate);
    assert.equal(slow.text, 'WebGL 2 · 60 fps · 0.95× of 5×');
    assert.match(slow.help, /Events arrive more slowly/);
    const sparse = text(1, { picturesPerSecond: 12.2, speed: 0.95 }, true);
    assert.equal(sparse.text, 'WebGL 2 · 12 fps · pictures left out');
    assert.match(sparse.help, /each with all of its events/);
  });
});
