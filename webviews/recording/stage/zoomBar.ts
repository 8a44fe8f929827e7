import { element, setText } from '../../dashboard/element';

/** Buttons that zoom the picture, and how large it is. */
export class ZoomBar {
  readonly root = element('div', { class: 'zoom-bar', role: 'group', 'aria-label': 'Zoom of the picture' });
  readonly #level = element('output', { id: 'zoom-level', class: 'zoom-level' });

  /** @param zoom by a factor; undefined fits the picture into its place. */
  constructor(zoom: (factor: number | undefined) => void) {
    const button = (id: string, text: string, label: string, key: string, factor: number | undefined) => {
      const title = `${label} (${key} on the focused picture)`;
      const created = element('button', { type: 'button', id, 'aria-label': label, title }, text);
      created.addEventListener('click', () => zoom(factor));
      return created;
    };
    this.root.append(
      button('zoom-out', '−', 'Zoom out', '−', 1 / ZOOM_STEP),
      this.#level,
      button('zoom-in', '+', 'Zoom in', '+, or the wheel', ZOOM_STEP),
      button('zoom-fit', 'Fit', 'Fit the picture', '0', undefined),
    );
  }

  /** @param share 1 stands for 100 %. @param meaning of 100 %, as a hint. */
  update(share: number, meaning: string): void {
    const percent = share * 100;
    setText(this.#level, `${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`);
    this.#level.title = meaning;
  }
}

/** Factor of one press. */
export const ZOOM_STEP = 1.5;
