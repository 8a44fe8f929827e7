import assert from 'node:assert/strict';
import fc from 'fast-check';
import { curveFigure, MAX_POINTS } from '../../../webviews/dashboard/curveFigure';
import { latestStatus } from '../../../webviews/dashboard/latestStatus';
import { PLOT_DEFINITIONS } from '../../../webviews/dashboard/plotDefinitions';
import { confusionSummary, curveSummary } from '../../../webviews/dashboard/plotSummary';
import { csv, curveTable } from '../../../webviews/dashboard/plotTable';
import { RunSeries } from '../../../webviews/dashboard/runSeries';
import { INITIAL_VIEW, restoreView, toggled, zoomed } from '../../../webviews/dashboard/viewState';
import { parseColor, ramp, withOpacity } from '../../../webviews/plotting/colors';
import { decimate, lowerBound, within } from '../../../webviews/plotting/decimation';
import { smooth } from '../../../webviews/plotting/smoothing';
import { gridColor, type PlotTheme } from '../../../webviews/plotting/theme';
import { evaluationRecord, iterationRecord, syntheticRecords, syntheticStatus } from './support/syntheticRun';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
const definition = (id: string) => PLOT_DEFINITIONS.find((each) => each.id === id)!;

function runOf(iterations: number, until = iterations): RunSeries {
  const run = new RunSeries();
  run.apply({ newRecords: syntheticRecords(1, until, { iterations }), reset: true });
  return run;
}

const THEME: PlotTheme = {
  colors: {
    foreground: '#fff',
    blue: '#00f',
    green: '#0f0',
    red: '#f00',
    purple: '#f0f',
    yellow: '#ff0',
  },
  background: '#000',
  text: '#fff',
  fadedText: '#aaa',
  grid: '#333',
  hoverBackground: '#000',
  hoverBorder: '#333',
  fontFamily: 'sans-serif',
  fontSize: 11,
  sequence: [
    [0, 0, 0],
    [255, 255, 255],
  ],
  highContrast: false,
};

describe('gridColor', () => {
  it('lies 18 % of the way from the background to the text, further in high contrast', () => {
    assert.equal(gridColor('#ffffff', '#3b3b3b', false), 'rgb(220,220,220)');
    assert.equal(gridColor('#1f1f1f', '#cccccc', false), 'rgb(62,62,62)');
    assert.equal(gridColor('#000', '#fff', true), 'rgb(102,102,102)');
  });
  it('is a grey where a colour cannot be read', () => {
    assert.equal(gridColor('white', '#000', false), 'rgba(128,128,128,0.35)');
  });
});

describe('latestStatus', () => {
  const record = iterationRecord(50, { iterations: 600 });
  it('takes iteration, loss and pairs/s of a record that is as new or newer', () => {
    for (const iteration of [0, 49, 50]) {
      const shown = latestStatus(syntheticStatus(iteration, 600), record);
      assert.equal(shown.iteration, 50);
      assert.equal(shown.lastLoss, record.loss.total);
      assert.equal(shown.pairsPerSecond, record.pairsPerSecond);
    }
  });
  it('keeps a status that is newer, or alone', () => {
    const status = syntheticStatus(51, 600);
    assert.equal(latestStatus(status, record), status);
    assert.equal(latestStatus(status, undefined), status);
  });
});

describe('smooth', () => {
  it('leaves values alone at weight 0', () => {
    assert.deepEqual(smooth([3, 1, 2], 0), [3, 1, 2]);
  });
  it('starts at the first value and follows a hand-computed average', () => {
    assert.deepEqual(smooth([4, 1], 0.5), [4, (0.5 * 2 + 0.5 * 1) / 0.75]);
  });
  it('skips missing values', () => {
    assert.deepEqual(
      smooth([2, Number.NaN, 2], 0.9).map((value) => Number(value.toFixed(9))),
      [2, Number.NaN, 2],
    );
  });
  it('stays between the smallest and the largest value', () => {
    fc.assert(
      fc.property(
        fc.array(finite, { minLength: 1 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (values, weight) => {
          const slack = 1e-6;
          const [least, most] = [Math.min(...values) - slack, Math.max(...values) + slack];
          assert.ok(smooth(values, weight).every((value) => value >= least && value <= most));
        },
      ),
    );
  });
});

describe('decimate', () => {
  it('keeps the ends and every peak', () => {
    fc.assert(
      fc.property(
        fc.array(finite, { minLength: 5, maxLength: 300 }),
        fc.integer({ min: 4, max: 60 }),
        (y, limit) => {
          const kept = decimate({ x: y.map((_, index) => index), y }, limit);
          assert.ok(kept.x.length <= Math.max(limit, 4));
          assert.equal(kept.x[0], 0);
          assert.equal(kept.x.at(-1), y.length - 1);
          assert.equal(Math.max(...kept.y), Math.max(...y));
          assert.equal(Math.min(...kept.y), Math.min(...y));
          assert.ok(kept.x.every((x, index) => index === 0 || x > kept.x[index - 1]!));
        },
      ),
    );
  });
  it('cuts to a range with one neighbour on each side', () => {
    const x = [0, 1, 2, 3, 4, 5, 6];
    assert.deepEqual(within({ x, y: x }, [2.5, 3.5]).x, [2, 3, 4, 5]);
    assert.equal(lowerBound(x, 100), 7);
  });
});

describe('colors', () => {
  it('reads what themes contain', () => {
    assert.deepEqual(parseColor('#fa0'), [255, 170, 0]);
    assert.deepEqual(parseColor(' #3794ffcc'), [55, 148, 255]);
    assert.deepEqual(parseColor('rgba(1, 2, 3, 0.5)'), [1, 2, 3]);
    assert.equal(parseColor('transparent'), undefined);
  });
  it('mixes and fades', () => {
    assert.equal(
      ramp(
        [
          [0, 0, 0],
          [100, 50, 0],
        ],
        0.5,
      ),
      'rgb(50,25,0)',
    );
    assert.equal(withOpacity('#000', 0.5), 'rgba(0,0,0,0.5)');
    assert.equal(withOpacity('gray', 0.5), 'gray');
  });
});

describe('RunSeries', () => {
  it('forgets what a resumed run repeats, evaluations included', () => {
    const run = runOf(100, 60);
    run.apply({ newRecords: syntheticRecords(45, 46, { iterations: 100 }), reset: false });
    assert.deepEqual(
      run.iterations.map(({ iteration }) => iteration),
      Array.from({ length: 46 }, (_, index) => index + 1),
    );
    assert.deepEqual(
      run.evaluations.map(({ iteration }) => iteration),
      [10, 20, 30, 40],
    );
  });
  it('spreads the iterations of an epoch evenly', () => {
    const positions = runOf(100, 60).iterationPositions('epoch');
    assert.equal(positions[0], 0);
    assert.equal(positions[20], 0.5);
    assert.equal(positions[40], 1);
    assert.equal(positions[59], 1 + 19 / 40);
  });
  it('places evaluations where their iteration is', () => {
    const run = runOf(100, 60);
    assert.deepEqual(run.evaluationPositions('iteration').slice(0, 2), [10, 20]);
    assert.equal(run.evaluationPositions('epoch')[0], 9 / 40);
  });
});

describe('curveFigure', () => {
  const size = { width: 400, height: 200 };
  const figure = (run: RunSeries, id: string, view = INITIAL_VIEW) =>
    curveFigure({ definition: definition(id), run, view, theme: THEME, size }) as {
      data: { x: number[]; y: number[]; name: string; hoverinfo?: string }[];
      layout: { xaxis: { range?: number[] }; yaxis: { type?: string }; yaxis2?: object };
    };

  it('draws the smoothed curve over the raw one', () => {
    const names = figure(runOf(50), 'loss').data.map(({ name, hoverinfo }) =>
      `${name} ${hoverinfo ?? ''}`.trim(),
    );
    assert.deepEqual(names.slice(0, 2), ['total skip', 'total']);
    assert.equal(figure(runOf(50), 'loss', { ...INITIAL_VIEW, smoothing: 0 }).data.length, 4);
  });
  it('bounds the points, and shows all of a zoomed part', () => {
    const run = runOf(5000);
    assert.ok(figure(run, 'loss').data.every(({ x }) => x.length <= MAX_POINTS));
    const view = { ...INITIAL_VIEW, ranges: { loss: [100, 199] as const } };
    const zoomedFigure = figure(run, 'loss', view);
    assert.deepEqual(zoomedFigure.layout.xaxis.range, [100, 199]);
    assert.equal(zoomedFigure.data[0]?.x.length, 102);
  });
  it('puts the learning rate at the right only beside the replacement probability', () => {
    const run = runOf(50);
    assert.ok(figure(run, 'schedule').layout.yaxis2);
    const view = toggled(INITIAL_VIEW, 'schedule', 'replacement');
    assert.equal(figure(run, 'schedule', view).layout.yaxis2, undefined);
  });
  it('takes a logarithmic axis for losses alone', () => {
    const view = { ...INITIAL_VIEW, logLoss: true };
    assert.equal(figure(runOf(50), 'loss', view).layout.yaxis.type, 'log');
    assert.notEqual(figure(runOf(50), 'cka', view).layout.yaxis.type, 'log');
  });
});

describe('view state', () => {
  it('zooms all plots when linked, one when not', () => {
    assert.deepEqual(zoomed(INITIAL_VIEW, 'loss', [1, 2], ['loss', 'cka']).ranges, {
      loss: [1, 2],
      cka: [1, 2],
    });
    const apart = { ...INITIAL_VIEW, linked: false };
    assert.deepEqual(zoomed(apart, 'loss', [1, 2], ['loss', 'cka']).ranges, { loss: [1, 2] });
  });
  it('completes what an older version saved', () => {
    assert.equal(restoreView({ view: { smoothing: 0.1 } }).smoothing, 0.1);
    assert.equal(restoreView({ view: { smoothing: 0.1 } }).axis, 'iteration');
    assert.deepEqual(restoreView(undefined), INITIAL_VIEW);
  });
});

describe('words and tables', () => {
  it('speak the latest values', () => {
    const words = curveSummary(definition('accuracy'), runOf(50), INITIAL_VIEW);
    assert.match(
      words,
      /^Accuracy at iteration 50: batch, event [\d.]+ %, batch, static [\d.]+ %, test \d+\.\d %\.$/,
    );
    assert.equal(curveSummary(definition('loss'), new RunSeries(), INITIAL_VIEW), 'Loss: no iterations yet.');
  });
  it('name the most frequent confusion', () => {
    const confusion = [
      [8, 2],
      [5, 5],
    ];
    const words = confusionSummary({ ...evaluationRecord(10, 100), confusion, recordings: 20 });
    assert.equal(
      words,
      'Evaluation at iteration 10: 13 of 20 recordings right. Most frequent confusion: 1 taken for 0, 5 times.',
    );
  });
  it('hold every value once, unsmoothed', () => {
    const run = runOf(20);
    const [head, ...rows] = curveTable(definition('accuracy'), run, INITIAL_VIEW).trim().split('\n');
    assert.equal(head, 'iteration,epoch,elapsed_seconds,"batch, event","batch, static",test');
    assert.equal(rows.length, 20);
    const second = run.iterations[1]!;
    assert.equal(
      rows[1],
      `2,0,${second.elapsedSeconds},${second.batchAccuracy.event},${second.batchAccuracy.static},${run.evaluations[0]!.accuracy}`,
    );
  });
  it('keep an evaluation that has no iteration', () => {
    const run = new RunSeries();
    run.apply({ newRecords: [evaluationRecord(0, 100)], reset: true });
    assert.match(curveTable(definition('accuracy'), run, INITIAL_VIEW), /\n0,,/);
  });
  it('quote what a comma would break', () => {
    assert.equal(csv([['a "b"', 'c,d', 1, undefined]]), '"a ""b""","c,d",1,\n');
  });
});
