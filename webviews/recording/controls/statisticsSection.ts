import { element, setText } from '../../dashboard/element';
import type { EditorModel, EditorPart, ShownStatistics } from '../editorModel';
import { section } from '../elements/controls';
import { nothingShownText } from '../text/summaryText';
import { countText, percentText, shortCount } from '../text/timeText';

const WIDTH = 240;
const HEIGHT = 64;
const SVG = 'http://www.w3.org/2000/svg';

function facts(statistics: ShownStatistics): (readonly [string, string])[] {
  const { events, onEvents, activePixels, pixels, busiest, shown } = statistics;
  const seconds = (shown.to - shown.from) / 1e6;
  return [
    ['Events', countText(events)],
    ['ON', events > 0 ? percentText(onEvents / events) : '–'],
    ['Rate', `${shortCount(seconds > 0 ? events / seconds : 0)} events/s`],
    ['Active pixels', percentText(activePixels / pixels)],
    ['Busiest pixel', busiest ? `(${busiest.x}, ${busiest.y}): ${countText(busiest.events)}` : '–'],
  ];
}

/** Numbers of the events that are shown, and how many pixels have how many of them. */
export class StatisticsSection implements EditorPart {
  readonly root: HTMLElement;
  readonly #numbers = element('div', { class: 'rows' });
  readonly #facts = element('dl', { class: 'facts' });
  readonly #plot = document.createElementNS(SVG, 'svg');
  readonly #caption = element('p', { class: 'faded note' });

  constructor() {
    this.#plot.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
    this.#plot.setAttribute('preserveAspectRatio', 'none');
    this.#plot.setAttribute('role', 'img');
    this.#plot.id = 'pixel-histogram';
    this.#numbers.append(this.#facts, this.#plot);
    this.root = section('statistics-section', 'Slice', true, this.#numbers, this.#caption);
  }

  update(model: EditorModel): void {
    const { statistics } = model;
    this.#numbers.hidden = statistics === undefined;
    if (!statistics) {
      setText(this.#caption, nothingShownText(model));
      return;
    }
    const entries = facts(statistics);
    if (this.#facts.childElementCount === 0) {
      this.#facts.append(
        ...entries.map(([name]) => element('div', {}, element('dt', {}, name), element('dd'))),
      );
    }
    for (const [index, [, value]] of entries.entries()) {
      setText(this.#facts.children[index]!.lastElementChild!, value);
    }
    this.#draw(statistics.histogram);
  }

  #draw(histogram: readonly number[]): void {
    const most = Math.max(1, ...histogram);
    const step = WIDTH / histogram.length;
    const bars = histogram.map((pixels, index) => {
      // Square root: the many pixels with one event do not hide the few with many.
      const height = Math.sqrt(pixels / most) * HEIGHT;
      return `M${index * step + 0.5} ${HEIGHT}v${-height}h${step - 1}v${height}z`;
    });
    const path = this.#plot.firstElementChild ?? document.createElementNS(SVG, 'path');
    path.setAttribute('d', bars.join(''));
    this.#plot.append(path);
    const listed = histogram.flatMap((pixels, index) => (pixels > 0 ? [`${index + 1}: ${pixels}`] : []));
    this.#plot.setAttribute('aria-label', `Pixels by number of events. ${listed.join(', ') || 'none'}`);
    setText(this.#caption, `Pixels by events per pixel (1 to ${histogram.length}+), square root`);
  }
}
