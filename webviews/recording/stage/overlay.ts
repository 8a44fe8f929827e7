import type { EditorModel } from '../editorModel';
import { AxesOverlay } from './axesOverlay';
import type { PixelRegion } from './region';
import { svg } from './svg';

/** What lies over the picture in sensor coordinates: the region, label outlines, the pixel that is read out. */
export class Overlay {
  readonly root = svg('svg', { class: 'overlay', 'aria-hidden': 'true', preserveAspectRatio: 'none' });
  readonly #outside = svg('path', { class: 'outside', 'fill-rule': 'evenodd' });
  readonly #region = svg('rect', { class: 'region' });
  readonly #labels = svg('g', { class: 'labels' });
  readonly #pixel = svg('g', { class: 'pixel' });
  readonly #axes = new AxesOverlay();
  #shownLabels: unknown;

  constructor() {
    // Two lines, one of them seen on whatever is below.
    this.#pixel.append(...['rim', 'line'].map((name) => svg('rect', { class: name, width: 1, height: 1 })));
    this.root.append(this.#outside, this.#labels, this.#region, this.#pixel, this.#axes.root);
  }

  update(
    model: EditorModel,
    region: PixelRegion | undefined,
    pixel: { readonly x: number; readonly y: number } | undefined,
  ): void {
    const { sensor, summary, view } = model;
    const { width, height } = sensor;
    const flat = view.view !== 'cloud';
    this.root.classList.toggle('hidden', view.view === 'network');
    this.root.classList.toggle('cloud', !flat);
    if (!flat) {
      const { clientWidth, clientHeight } = this.root;
      this.root.setAttribute('viewBox', `0 0 ${clientWidth} ${clientHeight}`);
      this.#axes.update(model, clientWidth, clientHeight);
      return;
    }
    this.root.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.#showRegion(region, width, height);
    this.#pixel.style.display = pixel ? '' : 'none';
    if (pixel) {
      this.#pixel.setAttribute('transform', `translate(${pixel.x} ${pixel.y})`);
    }
    if (this.#shownLabels !== summary.labels) {
      this.#shownLabels = summary.labels;
      this.#labels.replaceChildren(
        ...summary.labels.flatMap(({ labels }) =>
          labels.flatMap((label) =>
            label.kind === 'outline'
              ? [svg('polygon', { points: label.points.map((point) => point.join()).join(' ') })]
              : [],
          ),
        ),
      );
    }
    this.#labels.style.display = view.labels ? '' : 'none';
  }

  #showRegion(region: PixelRegion | undefined, width: number, height: number): void {
    this.#region.style.display = region ? '' : 'none';
    this.#outside.style.display = region ? '' : 'none';
    if (!region) {
      return;
    }
    for (const [name, value] of Object.entries(region)) {
      this.#region.setAttribute(name, String(value));
    }
    const { x, y, width: w, height: h } = region;
    this.#outside.setAttribute('d', `M0 0H${width}V${height}H0zM${x} ${y}h${w}v${h}h${-w}z`);
  }
}
