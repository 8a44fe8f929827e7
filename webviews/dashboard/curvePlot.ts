import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import { curveFigure, shownSeries } from './curveFigure';
import type { DashboardContext } from './dashboardContext';
import { element } from './element';
import { horizontalUnit } from './horizontalAxis';
import { Legend } from './legend';
import { type ExportFormat, PlotCard } from './plotCard';
import type { FiringStream, PlotDefinition } from './plotDefinitions';
import { curveSummary } from './plotSummary';
import { PlotSurface } from './plotSurface';
import { curveTable } from './plotTable';
import type { Renderable } from './renderQueue';
import { toggled } from './viewState';

/** A card with curves over the run. */
export class CurvePlot implements Renderable {
  visible = false;
  readonly id: PlotDefinition['id'];
  readonly card: PlotCard;
  readonly #surface: PlotSurface;
  readonly #legend: Legend;
  readonly #stream = element('vscode-single-select', { id: 'firing-stream', label: 'Stream' });

  constructor(
    private readonly definition: PlotDefinition,
    private readonly context: DashboardContext,
  ) {
    this.id = definition.id;
    this.#surface = new PlotSurface(definition.id, definition.description, (range) => {
      const { scale } = horizontalUnit(context.run, context.view.axis);
      context.zoom(this.id, range === 'all' ? undefined : [range[0] / scale, range[1] / scale]);
    });
    this.#legend = new Legend(definition, (series) =>
      context.setView(toggled(context.view, this.id, series)),
    );
    const parts = {
      plot: this.#surface.root,
      legend: this.#legend.root,
      ...(definition.id === 'firing' && { control: this.#streamControl() }),
    };
    this.card = new PlotCard(definition.id, definition.title, definition.description, parts, (format) =>
      this.#export(format),
    );
  }

  #streamControl(): HTMLElement {
    for (const stream of ['event', 'static'] as const) {
      this.#stream.append(element('vscode-option', { value: stream }, `${stream} stream`));
    }
    this.#stream.addEventListener('change', () =>
      this.context.setView({ ...this.context.view, stream: this.#stream.value as FiringStream }),
    );
    return this.#stream;
  }

  /** Whether the run's method has these curves at all; unknown (true) before the first iteration. */
  get relevant(): boolean {
    const { run, view } = this.context;
    return run.iterations.length === 0 || this.definition.series(run, view.stream).length > 0;
  }

  render(): void {
    const { run, view, theme } = this.context;
    this.card.root.hidden = !this.relevant;
    const empty = run.iterations.length === 0;
    this.card.setPlaceholder(empty ? this.context.emptyText : undefined);
    this.#stream.value = view.stream;
    this.#stream.hidden = !this.#hasStaticRates();
    this.card.summarize(() => curveSummary(this.definition, run, view));
    if (empty || !this.relevant || this.#surface.size.width === 0) {
      return;
    }
    this.#legend.update(run, view, theme);
    const figure = curveFigure({ definition: this.definition, run, view, theme, size: this.#surface.size });
    this.card.setPlaceholder(
      shownSeries({ definition: this.definition, run, view }).length === 0
        ? 'All curves are switched off.'
        : undefined,
    );
    void this.#surface.draw(figure);
  }

  #hasStaticRates(): boolean {
    const rates = Object.values(this.context.run.iterations.at(-1)?.firingRates ?? {});
    return rates.some((rate) => rate.static !== undefined);
  }

  #export(format: ExportFormat): void {
    const { run, view } = this.context;
    this.context.exportPlot(this.id, format, this.#surface, () => curveTable(this.definition, run, view));
  }
}
