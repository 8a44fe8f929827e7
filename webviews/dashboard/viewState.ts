import type { FiringStream, PlotId } from './plotDefinitions';
import type { XAxis } from './runSeries';

/** Limits of a zoomed horizontal axis, in the axis's own unit (iterations, epochs, seconds); both inclusive. */
export type Range = readonly [number, number];

/** What the user has set; kept by VS Code while the dashboard is hidden and over a window reload. */
export interface ViewState {
  /** Weight of the past in the moving average, in [0, 0.99]. */
  readonly smoothing: number;
  readonly axis: XAxis;
  readonly logLoss: boolean;
  /** Whether zooming one plot zooms all. */
  readonly linked: boolean;
  readonly ranges: Readonly<Partial<Record<PlotId, Range>>>;
  /** Curves switched off in the legends, as `plot/series`. */
  readonly hidden: readonly string[];
  readonly stream: FiringStream;
}

export const INITIAL_VIEW: ViewState = {
  smoothing: 0.6,
  axis: 'iteration',
  logLoss: false,
  linked: true,
  ranges: {},
  hidden: [],
  stream: 'event',
};

/** What is handed to VS Code's setState; `runFolder` lets the extension find the run after a reload. */
export interface SavedState {
  readonly runFolder: string;
  readonly view: ViewState;
}

/** The saved view, completed by defaults where an older version saved less. */
export function restoreView(saved: unknown): ViewState {
  const view = (saved as Partial<SavedState> | null | undefined)?.view;
  return { ...INITIAL_VIEW, ...view };
}

/**
 * The view after a plot was zoomed to `range`, or back to everything (undefined).
 * @param plots all plots that follow when zoom is linked.
 */
export function zoomed(
  view: ViewState,
  plot: PlotId,
  range: Range | undefined,
  plots: readonly PlotId[],
): ViewState {
  const affected = view.linked ? plots : [plot];
  const ranges = { ...view.ranges };
  for (const each of affected) {
    if (range) {
      ranges[each] = range;
    } else {
      delete ranges[each];
    }
  }
  return { ...view, ranges };
}

/** The view after a curve was switched on or off. */
export function toggled(view: ViewState, plot: PlotId, series: string): ViewState {
  const key = `${plot}/${series}`;
  const hidden = view.hidden.includes(key)
    ? view.hidden.filter((each) => each !== key)
    : [...view.hidden, key];
  return { ...view, hidden };
}
