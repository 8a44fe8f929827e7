import { ramp, withOpacity } from '../plotting/colors';
import { decimate, type Points, within } from '../plotting/decimation';
import type { Figure } from '../plotting/plotly';
import { smooth } from '../plotting/smoothing';
import type { PlotTheme } from '../plotting/theme';
import { baseLayout, type PlotSize } from './figureLayout';
import { horizontalUnit } from './horizontalAxis';
import type { PlotDefinition, Series, ValueFormat } from './plotDefinitions';
import type { RunSeries } from './runSeries';
import type { ViewState } from './viewState';

/** Points that a curve is drawn with, at most. */
export const MAX_POINTS = 2000;
const MAX_UNIFIED_HOVER = 8;
const DASHES = ['solid', 'dash', 'dot', 'dashdot'] as const;
const GHOST_OPACITY = 0.28;
const HOVER_FORMATS: Record<ValueFormat, string> = { number: '.4g', percent: '.1%', exponent: '.2e' };

/** Everything a curve plot is drawn from. */
export interface CurveInput {
  readonly definition: PlotDefinition;
  readonly run: RunSeries;
  readonly view: ViewState;
  readonly theme: PlotTheme;
  readonly size: PlotSize;
}

type Trace = Readonly<Record<string, unknown>>;

/** The colour of a series in a theme. */
export function seriesColor({ color }: Pick<Series, 'color'>, theme: PlotTheme): string {
  return typeof color === 'number' ? ramp(theme.sequence, color) : theme.colors[color];
}

/** The dash pattern of the `index`-th series: in high contrast colour is not the only difference. */
export function seriesDash(index: number, theme: PlotTheme): (typeof DASHES)[number] {
  return theme.highContrast ? DASHES[index % DASHES.length]! : 'solid';
}

function valuesOf(series: Series, run: RunSeries): number[] {
  const values =
    series.of === 'iteration' ? run.iterations.map(series.value) : run.evaluations.map(series.value);
  return values.map((value) => value ?? Number.NaN);
}

function visible(points: Points, { view, definition }: CurveInput, scale: number): Points {
  const range = view.ranges[definition.id];
  const { x, y } = decimate(range ? within(points, range) : points, MAX_POINTS);
  return { x: scale === 1 ? x : x.map((position) => position * scale), y };
}

function traceOf(points: Points, series: Series, input: CurveInput, order: number): Trace {
  const color = seriesColor(series, input.theme);
  const markers = series.of === 'evaluation' || points.x.length === 1;
  return {
    type: 'scatter',
    x: points.x,
    y: points.y,
    name: series.label,
    mode: markers ? 'lines+markers' : 'lines',
    line: { color, width: 1.6, dash: seriesDash(order, input.theme), shape: 'linear' },
    marker: { color, size: 6 },
    hovertemplate: `%{y:${HOVER_FORMATS[series.format]}}`,
    ...(series.right && { yaxis: 'y2' }),
  };
}

function ghostOf(points: Points, series: Series, input: CurveInput): Trace {
  return {
    ...traceOf(points, series, input, 0),
    line: { color: withOpacity(seriesColor(series, input.theme), GHOST_OPACITY), width: 1 },
    hoverinfo: 'skip',
    hovertemplate: undefined,
  };
}

/** The traces of one series: the smoothed curve with the raw one as a ghost behind it, or the raw one alone. */
function tracesOf(series: Series, order: number, input: CurveInput, scale: number): Trace[] {
  const { run, view } = input;
  const x =
    series.of === 'iteration' ? run.iterationPositions(view.axis) : run.evaluationPositions(view.axis);
  const y = valuesOf(series, run);
  const raw = visible({ x, y }, input, scale);
  const smoothing = series.of === 'iteration' && series.noisy ? view.smoothing : 0;
  if (smoothing === 0 || raw.x.length < 2) {
    return [traceOf(raw, series, input, order)];
  }
  const smoothed = visible({ x, y: smooth(y, smoothing) }, input, scale);
  return [ghostOf(raw, series, input), traceOf(smoothed, series, input, order)];
}

/** Series that the legend has not switched off. With nothing left for the left axis, the right ones move there. */
export function shownSeries({
  definition,
  run,
  view,
}: Omit<CurveInput, 'theme' | 'size'>): readonly Series[] {
  const all = definition.series(run, view.stream);
  const shown = all.filter(({ key }) => !view.hidden.includes(`${definition.id}/${key}`));
  return shown.every(({ right }) => right) ? shown.map((series) => ({ ...series, right: false })) : shown;
}

function verticalAxis(input: CurveInput, shown: readonly Series[]): Record<string, unknown> {
  const { definition, view } = input;
  const left = shown.filter(({ right }) => !right);
  const format = left[0]?.format ?? 'number';
  const percent = format === 'percent' ? { tickformat: '.0%' } : {};
  const exponent = format === 'exponent' ? { exponentformat: 'e' } : {};
  if (definition.id === 'loss' && view.logLoss) {
    return { type: 'log', dtick: 'D2' };
  }
  const fixed =
    definition.share && format !== 'exponent' ? { range: [-0.02, 1.02] } : { rangemode: 'normal' };
  return { ...percent, ...exponent, ...fixed };
}

/** The axis at the right: from 0 to the largest value of the whole run, in line with the shares at the left. */
function rightAxis(shown: readonly Series[], run: RunSeries, look: object): Record<string, unknown> {
  const values = shown.filter(({ right }) => right).flatMap((series) => valuesOf(series, run));
  const most = values.reduce((max, value) => Math.max(max, value), 0) || 1;
  return {
    ...look,
    overlaying: 'y',
    side: 'right',
    showgrid: false,
    range: [-0.02 * most, 1.02 * most],
    tickvals: [0, most / 2, most],
    ticktext: [0, most / 2, most].map((value) => (value === 0 ? '0' : value.toExponential(1))),
  };
}

/** The Plotly figure of a curve plot; a pure function of its input. */
export function curveFigure(input: CurveInput): Figure {
  const { definition, run, view, theme, size } = input;
  const unit = horizontalUnit(run, view.axis);
  const shown = shownSeries(input);
  const range = view.ranges[definition.id];
  const layout = baseLayout(theme, size);
  const hasRight = shown.some(({ right }) => right);
  return {
    data: shown.flatMap((series, order) => tracesOf(series, order, input, unit.scale)),
    layout: {
      ...layout,
      margin: { ...layout.margin, r: hasRight ? 52 : 12 },
      hovermode: shown.length > MAX_UNIFIED_HOVER ? 'closest' : 'x unified',
      xaxis: {
        ...layout.xaxis,
        title: { text: unit.title, font: { size: theme.fontSize, color: theme.fadedText }, standoff: 4 },
        ...(range ? { range: range.map((bound) => bound * unit.scale) } : { autorange: true }),
      },
      yaxis: { ...layout.yaxis, ...verticalAxis(input, shown) },
      ...(hasRight && { yaxis2: rightAxis(shown, run, layout.yaxis) }),
    },
  };
}
