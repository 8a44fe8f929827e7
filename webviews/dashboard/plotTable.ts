import type { EvaluationRecord, MetricsRecord } from '../../engine/runs/metricsRecord';
import type { PlotDefinition, Series } from './plotDefinitions';
import type { RunSeries } from './runSeries';
import type { ViewState } from './viewState';

function csvField(value: string | number | undefined): string {
  const text = value === undefined ? '' : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Lines of comma-separated fields (RFC 4180, but with \n). */
export function csv(rows: readonly (readonly (string | number | undefined)[])[]): string {
  return `${rows.map((row) => row.map(csvField).join(',')).join('\n')}\n`;
}

/** All values of a plot as CSV, unsmoothed and in full: one row per iteration, evaluations beside theirs. */
export function curveTable(definition: PlotDefinition, run: RunSeries, view: ViewState): string {
  const series = definition.series(run, view.stream);
  const trained = new Map(run.iterations.map((record) => [record.iteration, record]));
  const evaluated = new Map(run.evaluations.map((record) => [record.iteration, record]));
  const valueAt = (each: Series, iteration: number) => {
    const record = each.of === 'iteration' ? trained.get(iteration) : evaluated.get(iteration);
    return record && (each.value as (record: MetricsRecord) => number | undefined)(record);
  };
  const numbers = [...new Set([...trained.keys(), ...evaluated.keys()])].sort((one, other) => one - other);
  const rows = numbers.map((iteration) => [
    iteration,
    trained.get(iteration)?.epoch,
    (trained.get(iteration) ?? evaluated.get(iteration))?.elapsedSeconds,
    ...series.map((each) => valueAt(each, iteration)),
  ]);
  return csv([['iteration', 'epoch', 'elapsed_seconds', ...series.map(({ label }) => label)], ...rows]);
}

/** The confusion matrix as CSV: one row per label, one column per prediction. */
export function confusionTable({ confusion }: Pick<EvaluationRecord, 'confusion'>): string {
  return csv([
    ['label', ...confusion.map((_, index) => `predicted ${index}`)],
    ...confusion.map((row, label) => [label, ...row]),
  ]);
}
