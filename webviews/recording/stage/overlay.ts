import type { EditorModel } from '../editorModel';
import { cloudMatrix, project } from '../picture/cloudCamera';
import { durationText } from '../text/timeText';
import type { PixelRegion } from './region';

const SVG = 'http://www.w3.org/2000/svg';

function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string | number>>,
): SVGElementTagNameMap[Tag] {
  const created = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    created.setAttribute(name, String(value));
  }
  return created;
}

function shape({ width, height }: EditorModel['sensor']) {
  return { sensorWidth: width, sensorHeight: height };
}

/** What lies over the picture in sensor coordinates: the region, label outlines, the pixel that is read out. */
export class Overlay {
  readonly root = svg('svg', { class: 'overlay', 'aria-hidden': 'true', preserveAspectRatio: 'none' });
  readonly #outside = svg('path', { class: 'outside', 'fill-rule': 'evenodd' });
  readonly #region = svg('rect', { class: 'region' });
  readonly #labels = svg('g', { class: 'labels' });
  readonly #pixel = svg('rect', { class: 'pixel', width: 1, height: 1 });
  readonly #axes = ['x', 'y', 't'].map(() => svg('text', { class: 'axis' }));
  #shownLabels: unknown;

  constructor() {
    this.root.append(this.#outside, this.#labels, this.#region, this.#pixel, ...this.#axes);
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
    for (const axis of this.#axes) {
      axis.style.display = flat ? 'none' : '';
    }
    if (!flat) {
      this.#showAxes(model);
      return;
    }
    this.root.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.#showRegion(region, width, height);
    this.#pixel.style.display = pixel ? '' : 'none';
    if (pixel) {
      this.#pixel.setAttribute('x', String(pixel.x));
      this.#pixel.setAttribute('y', String(pixel.y));
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

  /** Names the axes of the cloud at the middles of three edges of its box. */
  #showAxes({ sensor, view, shown }: EditorModel): void {
    const { clientWidth: width, clientHeight: height } = this.root;
    this.root.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const matrix = cloudMatrix({ ...shape(sensor), camera: view.camera, width, height });
    const length = durationText(shown.to - shown.from);
    const places = [
      [0.5, 1.1, 0, `x ${sensor.width}`],
      [-0.09, 0.5, 0, `y ${sensor.height}`],
      [1.05, 1.12, 0.5, `t ${length}`],
    ] as const;
    for (const [index, [u, v, s, text]] of places.entries()) {
      const [x, y] = project(matrix, u, v, s);
      const label = this.#axes[index]!;
      label.setAttribute('x', String((x * 0.5 + 0.5) * width));
      label.setAttribute('y', String((0.5 - y * 0.5) * height));
      label.textContent = text;
    }
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
