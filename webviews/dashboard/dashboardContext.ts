import type { PlotTheme } from '../plotting/theme';
import type { ExportFormat } from './plotCard';
import type { PlotId } from './plotDefinitions';
import type { PlotSurface } from './plotSurface';
import type { RunSeries } from './runSeries';
import type { Range, ViewState } from './viewState';

/** What a plot card sees of the dashboard. */
export interface DashboardContext {
  readonly run: RunSeries;
  readonly view: ViewState;
  readonly theme: PlotTheme;
  /** What to say while there is no iteration yet. */
  readonly emptyText: string;
  setView(view: ViewState): void;
  zoom(plot: PlotId, range: Range | undefined): void;
  /** Hands a picture of the plot, or its data as CSV, to the extension for saving. */
  exportPlot(plot: PlotId, format: ExportFormat, surface: PlotSurface, csv: () => string): void;
}
