import assert from 'node:assert/strict';
import { formatStatus } from '../../../engine/commands/runDisplay';
import type { RunStatus } from '../../../engine/runs/runStatus';
import { figureText, rateText } from '../../../engine/runs/runText';

describe('figures of a run', () => {
  it('have three significant digits, and no fraction from 100 on', () => {
    const figures = [0.0237, 0.1234, 9.876, 12.34, 99.96, 246.4, 3512.4];
    assert.deepEqual(figures.map(figureText), ['0.0237', '0.123', '9.88', '12.3', '100', '246', '3512']);
  });

  it('tell the speed of a slow run', () => {
    assert.equal(rateText(0.12), '0.120 pairs/s');
    const status = {
      ...{ activity: 'training', iteration: 1, iterations: 4, progress: 0.25, pairsPerSecond: 0.0237 },
    } as RunStatus;
    assert.match(formatStatus(status), / {2}training {2}iteration 1\/4 {2}0\.0237 pairs\/s$/);
    assert.doesNotMatch(formatStatus({ ...status, pairsPerSecond: 0 }), /pairs/);
  });
});
