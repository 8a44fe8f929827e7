import { element } from '../../dashboard/element';
import { type ColorScheme, cssColor } from '../picture/colorSchemes';

function swatch(color: string, text: string): HTMLElement {
  const dot = element('span', { class: 'dot' });
  dot.style.setProperty('--dot', color);
  return element('span', { class: 'legend-entry' }, dot, text);
}

/** What the colours of the picture mean. */
export class Legend {
  readonly root = element('span', { class: 'legend' });

  update({ id, coloring, on, off }: ColorScheme): void {
    if (this.root.dataset.scheme === id) {
      return;
    }
    this.root.dataset.scheme = id;
    const entries =
      coloring.kind === 'polarity'
        ? [swatch(cssColor(on), 'ON'), swatch(cssColor(off), 'OFF')]
        : [swatch(cssColor(off), 'few'), swatch(cssColor(on), 'many')];
    this.root.replaceChildren(...entries);
  }
}
