import type { PlotTheme } from '../plotting/theme';
import { seriesColor, seriesDash } from './curveFigure';
import { element, setText } from './element';
import type { PlotDefinition, Series } from './plotDefinitions';
import { latestValue } from './plotSummary';
import type { RunSeries } from './runSeries';
import { valueText } from './valueText';
import type { ViewState } from './viewState';

interface Entry {
  readonly button: HTMLButtonElement;
  readonly swatch: HTMLElement;
  readonly value: HTMLElement;
}

/** The curves of a plot with their latest values; a press switches a curve on or off. */
export class Legend {
  readonly root = element('div', { class: 'legend' });
  readonly #entries = new Map<string, Entry>();

  constructor(
    private readonly definition: PlotDefinition,
    private readonly toggle: (series: string) => void,
  ) {
    this.root.setAttribute('role', 'group');
    this.root.setAttribute('aria-label', `Curves of ${definition.title}`);
  }

  update(run: RunSeries, view: ViewState, theme: PlotTheme): void {
    const series = this.definition.series(run, view.stream);
    const keys = series.map(({ key }) => key);
    if (keys.join() !== [...this.#entries.keys()].join()) {
      this.#rebuild(series);
    }
    for (const [order, each] of series.entries()) {
      this.#updateEntry(each, order, run, view, theme);
    }
  }

  #rebuild(series: readonly Series[]): void {
    this.#entries.clear();
    for (const { key, label } of series) {
      const swatch = element('span', { class: 'swatch' });
      const value = element('span', { class: 'value' });
      const button = element('button', { type: 'button', class: 'legend-entry' }, swatch, label, ' ', value);
      button.addEventListener('click', () => this.toggle(key));
      this.#entries.set(key, { button, swatch, value });
    }
    this.root.replaceChildren(...[...this.#entries.values()].map(({ button }) => button));
  }

  #updateEntry(series: Series, order: number, run: RunSeries, view: ViewState, theme: PlotTheme): void {
    const { button, swatch, value } = this.#entries.get(series.key)!;
    const hidden = view.hidden.includes(`${this.definition.id}/${series.key}`);
    button.setAttribute('aria-pressed', String(!hidden));
    swatch.style.borderTopColor = seriesColor(series, theme);
    swatch.dataset.dash = seriesDash(order, theme);
    setText(value, valueText(latestValue(series, run), series.format));
  }
}
