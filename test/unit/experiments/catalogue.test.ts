import assert from 'node:assert/strict';
import { EXPERIMENTS, findExperiment } from '../../../engine/experiments/catalogue';
import { type PlanOptions, PRETRAINING_ROW, planRuns, TEACHER_ROW } from '../../../engine/experiments/plan';
import { isSpikeBridgeError } from './errors';

const OPTIONS: PlanOptions = { folder: '/out', data: { events: '/data/events', images: '/data/images' } };

describe('experiments of the catalogue', () => {
  it('have names and rows of their own, in letters that a folder may have', () => {
    const names = EXPERIMENTS.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const { name, rows } of EXPERIMENTS) {
      const ids = rows.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, name);
      assert.ok(!ids.includes(TEACHER_ROW), name);
      for (const id of [name, ...ids]) {
        assert.match(id, /^[a-z0-9]+(?:-[a-z0-9]+)*$/);
      }
    }
  });

  for (const experiment of EXPERIMENTS) {
    describe(experiment.name, () => {
      it('is made of valid run configurations', () => {
        const runs = planRuns(experiment, OPTIONS);
        const students = runs.filter(({ row }) => row !== TEACHER_ROW && row !== PRETRAINING_ROW);
        const expected = experiment.rows.reduce(
          (sum, row) => sum + (row.seeds ?? experiment.seeds).length,
          0,
        );
        assert.equal(students.length, expected);
      });

      it('is valid as a trial of any size', () => {
        for (const shrink of [0.001, 0.1, 0.5]) {
          assert.ok(planRuns(experiment, { ...OPTIONS, shrink }).length > 0);
        }
      });

      it('is valid with the split of the paper, or refuses it', () => {
        const options = { ...OPTIONS, paperSplit: { order: 'sorted' } };
        if (experiment.paperSplit) {
          const [run] = planRuns(experiment, options);
          assert.equal(run?.configuration.data.split.policy, 'paper');
        } else {
          assert.throws(() => planRuns(experiment, options), isSpikeBridgeError('usage', /one split/));
        }
      });

      it('gives a source for every published number', () => {
        for (const { id, published } of experiment.rows) {
          assert.ok(!published || (published.percent > 0 && published.percent <= 100), id);
          assert.ok(published?.source !== '', id);
        }
      });
    });
  }

  it('are found by name; another name lists them', () => {
    assert.equal(findExperiment('nmnist-1k').rows.length, 18);
    assert.throws(() => findExperiment('mnist'), isSpikeBridgeError('usage', /"mnist"/));
  });
});
