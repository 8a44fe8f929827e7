import { element, setText } from './element';
import type { PlotId } from './plotDefinitions';

/** What a card can be exported as. */
export const EXPORT_FORMATS = ['png', 'svg', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const SUMMARY_EVERY_MS = 10_000;

/** The frame of one plot: title, export buttons, extra controls, the plot, its legend and its words. */
export class PlotCard {
  readonly root: HTMLElement;
  readonly #placeholder = element('p', { class: 'placeholder' });
  readonly #summary: HTMLElement;
  #summaryAt = Number.NEGATIVE_INFINITY;

  constructor(
    id: PlotId,
    title: string,
    description: string,
    parts: { readonly plot: HTMLElement; readonly legend?: HTMLElement; readonly control?: HTMLElement },
    exportAs: (format: ExportFormat) => void,
  ) {
    this.#summary = element('p', { id: `summary-${id}`, class: 'visually-hidden', 'aria-live': 'polite' });
    const exports = EXPORT_FORMATS.map((format) => {
      const name = format.toUpperCase();
      const label = `Export ${title} as ${name}`;
      const button = element(
        'button',
        { type: 'button', class: 'export', 'aria-label': label, title: label },
        name,
      );
      button.addEventListener('click', () => exportAs(format));
      return button;
    });
    this.root = element(
      'section',
      { class: 'card', id: `card-${id}`, 'aria-labelledby': `title-${id}` },
      element(
        'div',
        { class: 'card-head' },
        element('h2', { id: `title-${id}`, title: description }, title),
        ...(parts.control ? [parts.control] : []),
        element('div', { class: 'exports' }, ...exports),
      ),
      element('div', { class: 'plot-frame' }, parts.plot, this.#placeholder),
      ...(parts.legend ? [parts.legend] : []),
      this.#summary,
    );
  }

  /** Shows a message instead of the plot, or the plot (undefined). */
  setPlaceholder(text: string | undefined): void {
    setText(this.#placeholder, text ?? '');
    this.#placeholder.hidden = text === undefined;
    this.root.classList.toggle('empty', text !== undefined);
  }

  /** Renews the words for screen readers, at most every 10 seconds. */
  summarize(words: () => string, now = performance.now()): void {
    if (now - this.#summaryAt >= SUMMARY_EVERY_MS) {
      this.#summaryAt = now;
      setText(this.#summary, words());
    }
  }
}
