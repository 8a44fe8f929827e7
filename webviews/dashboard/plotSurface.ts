import { type Figure, type PlotElement, purge, type RelayoutEvent, react } from '../plotting/plotly';
import { element } from './element';
import { PLOT_CONFIG, type PlotSize } from './figureLayout';
import type { Range } from './viewState';

const KEY_ZOOM = 0.6;
const KEY_PAN = 0.2;

/** The zoom after a key: + and - about the middle, arrows to the sides, 0 for everything; undefined for other keys. */
export function rangeAfterKey(key: string, [from, to]: Range): Range | 'all' | undefined {
  const width = to - from;
  const middle = (from + to) / 2;
  const around = (newWidth: number): Range => [middle - newWidth / 2, middle + newWidth / 2];
  const keys: Record<string, Range | 'all'> = {
    '+': around(width * KEY_ZOOM),
    '=': around(width * KEY_ZOOM),
    '-': around(width / KEY_ZOOM),
    ArrowLeft: [from - width * KEY_PAN, to - width * KEY_PAN],
    ArrowRight: [from + width * KEY_PAN, to + width * KEY_PAN],
    '0': 'all',
    Escape: 'all',
  };
  return keys[key];
}

/** The limits a user has dragged to; 'all' after a reset, undefined when the event changed something else. */
export function rangeOfRelayout(event: RelayoutEvent): Range | 'all' | undefined {
  const from = event['xaxis.range[0]'];
  const to = event['xaxis.range[1]'];
  if (typeof from === 'number' && typeof to === 'number') {
    return [from, to];
  }
  return event['xaxis.autorange'] === true ? 'all' : undefined;
}

/** One Plotly drawing area, with zoom by mouse and by keyboard. */
export class PlotSurface {
  readonly root: HTMLElement;
  #plot: PlotElement | undefined;
  #last: Figure | undefined;

  constructor(
    id: string,
    label: string,
    private readonly zoom: (range: Range | 'all') => void,
  ) {
    this.root = element('div', {
      id: `plot-${id}`,
      class: 'plot',
      tabindex: 0,
      role: 'group',
      'aria-label': `${label}. Arrow keys move, plus and minus zoom, 0 shows everything.`,
      'aria-describedby': `summary-${id}`,
    });
    this.root.addEventListener('keydown', (event) => this.#key(event));
  }

  get size(): PlotSize {
    return { width: this.root.clientWidth, height: this.root.clientHeight };
  }

  /** The figure that is shown now. */
  get figure(): Figure | undefined {
    return this.#last;
  }

  async draw(figure: Figure): Promise<void> {
    this.#last = figure;
    const plot = await react(this.root, figure.data, figure.layout, PLOT_CONFIG);
    if (!this.#plot) {
      this.#plot = plot;
      plot.on('plotly_relayout', (event) => this.#zoom(rangeOfRelayout(event)));
      plot.on('plotly_doubleclick', () => this.zoom('all'));
    }
  }

  /** Forgets the drawing, e.g. when there is nothing to show. */
  clear(): void {
    if (this.#plot) {
      purge(this.root);
      this.#plot = undefined;
      this.#last = undefined;
    }
  }

  #zoom(range: Range | 'all' | undefined): void {
    if (range) {
      this.zoom(range);
    }
  }

  #key(event: KeyboardEvent): void {
    const layout = (this.#plot as unknown as { layout?: { xaxis?: { range?: Range } } } | undefined)?.layout;
    const range = layout?.xaxis?.range;
    const next =
      range && !event.ctrlKey && !event.metaKey && !event.altKey && rangeAfterKey(event.key, range);
    if (next) {
      event.preventDefault();
      this.zoom(next);
    }
  }
}
