import assert from 'node:assert/strict';
import type { Experiment } from '../../../engine/experiments/experiment';
import type { RunResult } from '../../../engine/experiments/runResult';
import { spreadOf, tableOf } from '../../../engine/experiments/table';
import { markdownOf, tableCells, tableNotes } from '../../../engine/experiments/tableText';

const EXPERIMENT: Experiment = {
  name: 'small',
  title: 'Small',
  description: 'For tests.',
  origin: 'published',
  folders: { events: ['N-MNIST'] },
  base: {},
  seeds: [0],
  reports: 'last',
  rows: [
    { id: 'a', label: 'A', changes: {}, published: { percent: 90, deviation: 0.5, source: 'a paper' } },
    { id: 'b', label: 'B|C', changes: {} },
    { id: 'c', label: 'never run', changes: {} },
  ],
  missing: [{ label: 'fine-tuning', reason: 'no such thing' }],
};
const RESULT: RunResult = {
  row: 'a',
  seed: 0,
  runFolder: '/out/a-seed0',
  state: 'finished',
  iteration: 10,
  iterations: 10,
  bestAccuracy: 0.95,
  lastAccuracy: 0.92,
  pairsPerSecond: 50,
  backend: 'simd',
  splitSha256: '0123456789abcdef',
  splitMode: 'paper, order by name',
  openChoices: [{ key: 'mixer.law', value: 'open' }],
};
const FULL = { shrink: 1, overrides: [] };

describe('the table of an experiment', () => {
  const results: RunResult[] = [
    RESULT,
    { ...RESULT, seed: 1, lastAccuracy: 0.9 },
    { ...RESULT, row: 'b', splitSha256: 'fedcba9876543210' },
    { ...RESULT, row: 'b', seed: 1, state: 'failed', iteration: 3, error: 'no memory' },
  ];

  it('compares what the publication reports, over finished runs, and leaves out what was not run', () => {
    const [head, ...rows] = tableCells(tableOf(EXPERIMENT, FULL, results));
    assert.deepEqual(head?.slice(2, 4), ['best test %', 'last test % (compared)']);
    assert.deepEqual(rows, [
      ['A', '2', '95.0 +- 0.0', '91.0 +- 1.0', '90 +- 0.5', '1.0', '50.0'],
      ['B|C', '1 of 2', '95.0', '92.0', '-', '-', '50.0'],
    ]);
  });

  it('names splits with their rows, what is ours, missing, failed, and how it was made', () => {
    const notes = tableNotes(tableOf(EXPERIMENT, FULL, results)).join('\n');
    for (const expected of [
      /^Split 0123456789ab \(paper, order by name; .*\): a, b\.$/m,
      /^Split fedcba987654 .*: b\.$/m,
      /^Ours in every row: mixer\.law = open\.$/m,
      /^Missing: fine-tuning: no such thing\.$/m,
      /^Not finished: b, seed 1: failed at 3\/10: no memory\.$/m,
      /^Published: a paper\.$/m,
      /on simd\.$/m,
    ]) {
      assert.match(notes, expected);
    }
    assert.doesNotMatch(notes, /TRIAL/);
  });

  it('says what makes it a trial, first', () => {
    const [first] = tableNotes(
      tableOf(EXPERIMENT, { shrink: 0.1, overrides: ['mixer.exponent=2'] }, results),
    );
    assert.match(first ?? '', /^TRIAL, not comparable.*--shrink 0\.1; --set mixer\.exponent=2\.$/);
  });

  it('is Markdown in which cells cannot break the table', () => {
    assert.match(markdownOf(tableOf(EXPERIMENT, FULL, results)), /\| B\\\|C \| 1 of 2 \| 95\.0 \|/);
  });

  it('has population standard deviations', () => {
    const spread = spreadOf([0.9, 0.92, 0.94]);
    assert.ok(spread && Math.abs(spread.deviation - Math.sqrt(8 / 3)) < 1e-9);
    assert.equal(spreadOf([]), undefined);
  });
});
