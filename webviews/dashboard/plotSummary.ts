import type { EvaluationRecord } from '../../engine/runs/metricsRecord';
import type { PlotDefinition, Series } from './plotDefinitions';
import type { RunSeries } from './runSeries';
import { valueText } from './valueText';
import type { ViewState } from './viewState';

const MAX_SPOKEN = 6;

/** The latest value of a series; undefined before there is one. */
export function latestValue(series: Series, run: RunSeries): number | undefined {
  if (series.of === 'evaluation') {
    const last = run.evaluations.at(-1);
    return last && series.value(last);
  }
  const last = run.iterations.at(-1);
  return last && series.value(last);
}

function rangeText(series: readonly Series[], run: RunSeries): string {
  const values = series.map((each) => latestValue(each, run)).filter((value) => value !== undefined);
  const [first] = series;
  if (!first || values.length === 0) {
    return 'no values yet';
  }
  const write = (value: number) => valueText(value, first.format);
  return `${series.length} curves from ${first.label} to ${series.at(-1)!.label}, lowest ${write(Math.min(...values))}, highest ${write(Math.max(...values))}`;
}

/** A plot in words, for screen readers: the latest value of each curve, or their range when there are many. */
export function curveSummary(definition: PlotDefinition, run: RunSeries, view: ViewState): string {
  const last = run.iterations.at(-1);
  if (!last) {
    return `${definition.title}: no iterations yet.`;
  }
  const series = definition.series(run, view.stream);
  const values =
    series.length > MAX_SPOKEN
      ? rangeText(series, run)
      : series.map((each) => `${each.label} ${valueText(latestValue(each, run), each.format)}`).join(', ');
  return `${definition.title} at iteration ${last.iteration}: ${values}.`;
}

interface Confusion {
  readonly label: number;
  readonly prediction: number;
  readonly count: number;
}

function mostFrequentConfusion(confusion: EvaluationRecord['confusion']): Confusion | undefined {
  const mistakes = confusion.flatMap((row, label) =>
    row
      .map((count, prediction) => ({ label, prediction, count }))
      .filter((cell) => cell.prediction !== label),
  );
  return mistakes.reduce<Confusion | undefined>(
    (worst, cell) => (cell.count > (worst?.count ?? 0) ? cell : worst),
    undefined,
  );
}

/** The confusion matrix in words: how many are right, and the most frequent confusion. */
export function confusionSummary(evaluation: EvaluationRecord | undefined): string {
  if (!evaluation) {
    return 'Confusion matrix: no evaluation yet.';
  }
  const { confusion, recordings, iteration } = evaluation;
  const right = confusion.reduce((sum, row, label) => sum + (row[label] ?? 0), 0);
  const worst = mostFrequentConfusion(confusion);
  const mistake = worst
    ? ` Most frequent confusion: ${worst.label} taken for ${worst.prediction}, ${worst.count} times.`
    : '';
  return `Evaluation at iteration ${iteration}: ${right} of ${recordings} recordings right.${mistake}`;
}
