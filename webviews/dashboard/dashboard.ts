import type { RunSnapshot, RunUpdate } from '../../engine/protocol/dashboardProtocol';
import type { RunStatus } from '../../engine/runs/runStatus';
import { type PlotTheme, readTheme, watchTheme } from '../plotting/theme';
import { ConfusionPlot } from './confusionPlot';
import { CurvePlot } from './curvePlot';
import type { DashboardContext } from './dashboardContext';
import type { DashboardHost } from './dashboardHost';
import { element } from './element';
import { exportPicture } from './exportPlot';
import { Header } from './header';
import { latestStatus } from './latestStatus';
import type { ExportFormat } from './plotCard';
import { PLOT_DEFINITIONS, type PlotId } from './plotDefinitions';
import type { PlotSurface } from './plotSurface';
import { RenderQueue } from './renderQueue';
import { RunSeries } from './runSeries';
import { Toolbar } from './toolbar';
import { type Range, restoreView, type ViewState, zoomed } from './viewState';

const BEFORE_TRAINING: Partial<Record<RunStatus['state'], string>> = {
  failed: 'The run failed before its first iteration.',
  stopped: 'The run was stopped before its first iteration.',
};

/** Plots a little below the window are drawn too, so that scrolling meets no empty card. */
const SOON_VISIBLE = { rootMargin: '300px' };

/** The whole page: header, toolbar and plot cards over one run. */
export class Dashboard implements DashboardContext {
  readonly run = new RunSeries();
  readonly #queue = new RenderQueue();
  readonly #header: Header;
  readonly #toolbar: Toolbar;
  readonly #plots: readonly (CurvePlot | ConfusionPlot)[];
  readonly #grid = element('div', { class: 'grid', id: 'plots' });
  #view: ViewState;
  #theme: PlotTheme = readTheme();
  #status: RunStatus | undefined;
  #runFolder = '';

  constructor(
    root: HTMLElement,
    private readonly host: DashboardHost,
  ) {
    this.#view = restoreView(host.savedState());
    this.#header = new Header((action) => host.act(action));
    this.#toolbar = new Toolbar((part) => this.setView({ ...this.#view, ...part }));
    const curves = PLOT_DEFINITIONS.map((definition) => new CurvePlot(definition, this));
    this.#plots = [...curves.slice(0, 2), new ConfusionPlot(this), ...curves.slice(2)];
    this.#grid.append(...this.#plots.map(({ card }) => card.root));
    root.append(this.#header.root, this.#toolbar.root, this.#grid);
    this.#toolbar.update(this.#view);
    this.#watchVisibility();
    watchTheme(() => this.#themeChanged());
  }

  get view(): ViewState {
    return this.#view;
  }

  get theme(): PlotTheme {
    return this.#theme;
  }

  get emptyText(): string {
    if (!this.#status) {
      return 'Loading…';
    }
    const { state, activity } = this.#status;
    return BEFORE_TRAINING[state] ?? `Waiting for the first iteration${activity ? `: ${activity}` : ''}…`;
  }

  /** Shows a run from its beginning. */
  show({ runFolder, status, records }: RunSnapshot): void {
    this.#runFolder = runFolder;
    this.update({ runFolder, status, newRecords: records, reset: true });
    this.#queue.invalidate(this.#plots, true);
    this.#save();
  }

  /** Adds what is new. */
  update(update: RunUpdate): void {
    this.#status = update.status;
    this.run.apply(update);
    this.#header.update(latestStatus(update.status, this.run.iterations.at(-1)));
    const relevant = this.#plots.every((plot) => plot.id !== 'cka' || plot.relevant);
    this.#grid.classList.toggle('without-alignment', !relevant);
    this.#queue.invalidate(this.#plots);
  }

  setView(view: ViewState): void {
    this.#view = view;
    this.#toolbar.update(view);
    this.#queue.invalidate(this.#plots, true);
    this.#save();
  }

  zoom(plot: PlotId, range: Range | undefined): void {
    const ids = PLOT_DEFINITIONS.map(({ id }) => id);
    this.setView(zoomed(this.#view, plot, range, ids));
  }

  exportPlot(plot: PlotId, format: ExportFormat, surface: PlotSurface, csv: () => string): void {
    const fileName = `${this.#status?.name ?? 'run'}-${plot}.${format}`.replace(/[\\/:*?"<>|]/g, '_');
    if (format === 'csv') {
      this.host.save({ fileName, content: csv(), encoding: 'utf8' });
    } else if (surface.figure) {
      void exportPicture(surface.figure, format, fileName, this.#theme, surface.size).then((file) =>
        this.host.save(file),
      );
    }
  }

  #save(): void {
    if (this.#runFolder) {
      this.host.saveState({ runFolder: this.#runFolder, view: this.#view });
    }
  }

  #themeChanged(): void {
    this.#theme = readTheme();
    this.#queue.redrawAll(this.#plots);
  }

  /** Draws only what is in view, and draws again what changes its size. */
  #watchVisibility(): void {
    const plotOf = new Map(this.#plots.map((plot) => [plot.card.root as Element, plot]));
    const visibility = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const plot = plotOf.get(target)!;
        // A hidden card is never in view; it must still be able to find out that it is needed.
        plot.visible = isIntersecting || plot.card.root.hidden !== false;
      }
      this.#queue.invalidate(this.#plots);
    }, SOON_VISIBLE);
    const sizes = new ResizeObserver((entries) => {
      this.#queue.invalidate(
        entries.map(({ target }) => plotOf.get(target)!),
        true,
      );
    });
    for (const card of plotOf.keys()) {
      visibility.observe(card);
      sizes.observe(card);
    }
  }
}
