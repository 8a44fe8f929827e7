import assert from 'node:assert/strict';
import { LossScaling } from '../../../engine/backends/webgpu/lossScaling';

function noted(scaling: LossScaling, hasOverflowed: boolean, times: number): LossScaling {
  for (let index = 0; index < times; index++) {
    scaling.note(hasOverflowed);
  }
  return scaling;
}

describe('loss scale', () => {
  it('is halved at an overflow and doubled after 500 steps without', () => {
    const scaling = new LossScaling(true);
    const { scale } = scaling;
    assert.equal(noted(scaling, true, 1).scale, scale / 2);
    assert.equal(noted(scaling, false, 499).scale, scale / 2);
    assert.equal(noted(scaling, false, 1).scale, scale);
  });

  it('stays from 1 to 2^20', () => {
    assert.equal(noted(new LossScaling(true), true, 40).scale, 1);
    assert.equal(noted(new LossScaling(true), false, 500 * 12).scale, 2 ** 20);
  });

  it('continues from a checkpoint as if it had not been interrupted', () => {
    const whole = noted(noted(new LossScaling(true), true, 3), false, 400);
    const resumed = new LossScaling(true);
    resumed.restore(JSON.parse(JSON.stringify(whole.state)));
    assert.deepEqual(resumed.state, whole.state);
    assert.equal(noted(resumed, false, 100).scale, noted(whole, false, 100).scale);
  });

  it('counts skipped steps in a row, in f32 too, where the scale is 1 and nothing is kept', () => {
    const scaling = noted(new LossScaling(false), true, 3);
    assert.equal(scaling.skippedInRow, 3);
    assert.equal(scaling.scale, 1);
    assert.equal(scaling.state, undefined);
    assert.equal(noted(scaling, false, 1).skippedInRow, 0);
  });
});
