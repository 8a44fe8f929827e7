import type { EvaluationRecord, IterationRecord } from '../../engine/runs/metricsRecord';
import type { ColorRole } from '../plotting/theme';
import type { RunSeries } from './runSeries';

/** How values are written: plain, as a share in percent, or with an exponent. */
export type ValueFormat = 'number' | 'percent' | 'exponent';

interface SeriesLook {
  readonly key: string;
  readonly label: string;
  /** A role of the theme, or the place in [0, 1] of an ordered series (time step, layer). */
  readonly color: ColorRole | number;
  readonly format: ValueFormat;
  /** On the axis at the right. */
  readonly right?: boolean;
}
interface IterationSeries extends SeriesLook {
  readonly of: 'iteration';
  readonly value: (record: IterationRecord) => number | undefined;
  /** Whether the smoothing slider applies. */
  readonly noisy: boolean;
}
interface EvaluationSeries extends SeriesLook {
  readonly of: 'evaluation';
  readonly value: (record: EvaluationRecord) => number | undefined;
}
export type Series = IterationSeries | EvaluationSeries;

export type FiringStream = 'event' | 'static';

/** One curve plot of the dashboard. */
export interface PlotDefinition {
  readonly id: 'loss' | 'accuracy' | 'cka' | 'coefficients' | 'schedule' | 'firing';
  readonly title: string;
  /** What the plot shows, for people who cannot see it and for a tooltip. */
  readonly description: string;
  /** Whether the vertical axis starts at 0 and ends at 1. */
  readonly share: boolean;
  readonly series: (run: RunSeries, stream: FiringStream) => readonly Series[];
}

function line(
  key: string,
  label: string,
  color: ColorRole | number,
  value: IterationSeries['value'],
  options: Partial<Pick<IterationSeries, 'format' | 'noisy' | 'right'>> = {},
): IterationSeries {
  return { of: 'iteration', key, label, color, value, format: 'number', noisy: true, ...options };
}

/** Only the series that the latest iteration has a value for. */
function present(run: RunSeries, series: readonly Series[]): readonly Series[] {
  const last = run.iterations.at(-1);
  return series.filter(
    (each) => each.of === 'evaluation' || (last !== undefined && each.value(last) !== undefined),
  );
}

/** Place of the `index`-th of `count` ordered series, in [0, 1]. */
function place(index: number, count: number): number {
  return count > 1 ? index / (count - 1) : 0.25;
}

function perTimeStep(run: RunSeries, key: 'cka' | 'coefficients'): readonly Series[] {
  const steps = run.iterations.at(-1)?.[key]?.length ?? 0;
  return Array.from({ length: steps }, (_, step) =>
    line(`${key}-${step}`, `t=${step + 1}`, place(step, steps), (record) => record[key]?.[step], {
      noisy: key === 'cka',
    }),
  );
}

function firingRates(run: RunSeries, stream: FiringStream): readonly Series[] {
  const layers = Object.keys(run.iterations.at(-1)?.firingRates ?? {});
  return layers.map((layer, index) =>
    line(
      `${stream}-${layer}`,
      layer,
      place(index, layers.length),
      (record) => record.firingRates[layer]?.[stream],
      { format: 'percent' },
    ),
  );
}

/** The colours of the loss parts that most methods have; others get a place of the ordered series. */
const LOSS_COLORS: Readonly<Record<string, ColorRole>> = {
  total: 'foreground',
  event: 'blue',
  static: 'yellow',
  alignment: 'purple',
};

/** A line per part that the latest record names, whatever the method calls its parts. */
function lossParts(run: RunSeries): readonly Series[] {
  const recorded = Object.keys(run.iterations.at(-1)?.loss ?? {});
  const common = Object.keys(LOSS_COLORS).filter((name) => recorded.includes(name));
  const others = recorded.filter((name) => !(name in LOSS_COLORS));
  const series = (name: string, color: ColorRole | number) =>
    line(name, name, color, ({ loss }) => (loss as Readonly<Record<string, number>>)[name]);
  return [
    ...common.map((name) => series(name, LOSS_COLORS[name]!)),
    ...others.map((name, index) => series(name, place(index, others.length))),
  ];
}

export const PLOT_DEFINITIONS: readonly PlotDefinition[] = [
  {
    id: 'loss',
    title: 'Loss',
    description: 'Total loss and its parts before their weights',
    share: false,
    series: lossParts,
  },
  {
    id: 'accuracy',
    title: 'Accuracy',
    description: 'Accuracy of each batch before its update, and on the test recordings',
    share: true,
    series: (run) =>
      present(run, [
        line('event', 'batch, event', 'blue', ({ batchAccuracy }) => batchAccuracy.event, {
          format: 'percent',
        }),
        line('static', 'batch, static', 'yellow', ({ batchAccuracy }) => batchAccuracy.static, {
          format: 'percent',
        }),
        {
          of: 'evaluation',
          key: 'test',
          label: 'test',
          color: 'green',
          format: 'percent',
          value: ({ accuracy }) => accuracy,
        },
      ]),
  },
  {
    id: 'cka',
    title: 'CKA per time step',
    description: 'Linear CKA between the static and the event stream, per time step',
    share: true,
    series: (run) => perTimeStep(run, 'cka'),
  },
  {
    id: 'coefficients',
    title: 'Learned coefficients',
    description: 'Sigmoid of the learned coefficient of each time step',
    share: false,
    series: (run) => perTimeStep(run, 'coefficients'),
  },
  {
    id: 'firing',
    title: 'Firing rates',
    description: 'Mean spikes per neuron and time step, per layer',
    share: false,
    series: firingRates,
  },
  {
    id: 'schedule',
    title: 'Schedule',
    description: 'Replacement probability and phase weight (left axis), learning rate (right axis)',
    share: true,
    series: (run) =>
      present(run, [
        line('replacement', 'replacement P', 'yellow', (record) => record.replacementProbability, {
          noisy: false,
          format: 'percent',
        }),
        line('distillation-weight', 'distillation W', 'green', (record) => record.distillationWeight, {
          noisy: false,
          format: 'percent',
        }),
        line('learning-rate', 'learning rate', 'blue', ({ learningRate }) => learningRate, {
          noisy: false,
          format: 'exponent',
          right: true,
        }),
      ]),
  },
];

/** Identifiers of all plots, the confusion matrix included; `plot-<id>` is the id of the plot's element. */
export type PlotId = PlotDefinition['id'] | 'confusion';
