import { element, setText } from '../../dashboard/element';
import type { EditorCommands, EditorModel, EditorPart } from '../editorModel';
import { FilmStrip } from '../network/filmStrip';
import { turned, zoomed } from '../picture/cloudCamera';
import { cssColor, lineColor } from '../picture/colorSchemes';
import type { PictureRenderer } from '../picture/pictureRenderer';
import { badgeText } from '../text/badgeText';
import { summaryText } from '../text/summaryText';
import { FramePicture } from './framePicture';
import { Overlay } from './overlay';
import { type PixelRegion, regionBetween, regionOf, withRegion } from './region';
import { ViewTabs } from './viewTabs';

interface Pixel {
  readonly x: number;
  readonly y: number;
}

const TURN_PER_PIXEL = 0.008;
const TURN_PER_KEY = 0.1;
const SMALLEST_DRAG = 2;

/** The picture with everything on and around it. */
export class Stage implements EditorPart {
  readonly root: HTMLElement;
  readonly #viewport = element('div', {
    id: 'viewport',
    class: 'viewport',
    tabindex: 0,
    role: 'group',
    'aria-label': 'Picture',
    'aria-describedby': 'summary',
  });
  readonly #box = element('div', { class: 'picture-box' });
  readonly #summary = element('p', { id: 'summary', class: 'summary' });
  readonly #readOut = element('output', { id: 'read-out', class: 'read-out' });
  readonly #legend = element('span', { class: 'legend' });
  readonly #badge = element('span', { class: 'badge faded', id: 'renderer-name' });
  readonly #tabs: ViewTabs;
  readonly #film: FilmStrip;
  readonly #overlay = new Overlay();
  readonly #frame = new FramePicture();
  #model: EditorModel | undefined;
  #drag: { readonly start: Pixel; readonly x: number; readonly y: number; region?: PixelRegion } | undefined;
  #pixel: Pixel | undefined;
  /** Of the viewport; kept, because asking for it would lay the page out in every frame. */
  #size = { clientWidth: 1, clientHeight: 1 };

  /** @param valueAt what is known of a pixel, as text. @param onResize called when the viewport's size has changed. */
  constructor(
    private readonly commands: EditorCommands,
    private readonly valueAt: (pixel: Pixel) => string,
    onResize: () => void,
  ) {
    this.#tabs = new ViewTabs(commands);
    this.#film = new FilmStrip(commands);
    this.#box.append(this.#frame.canvas, this.#overlay.root);
    this.#viewport.append(this.#box);
    this.root = element(
      'section',
      { class: 'stage', 'aria-label': 'Events' },
      element('div', { class: 'stage-head' }, this.#tabs.root, this.#legend, this.#badge),
      this.#viewport,
      this.#film.root,
      element('div', { class: 'stage-foot' }, this.#summary, this.#readOut),
    );
    this.#listen();
    new ResizeObserver(() => {
      const { clientWidth, clientHeight } = this.#viewport;
      this.#size = { clientWidth, clientHeight };
      this.#fit();
      onResize();
    }).observe(this.#viewport);
  }

  /** Size of the viewport in device pixels. */
  get deviceSize(): { readonly width: number; readonly height: number } {
    const scale = window.devicePixelRatio || 1;
    return {
      width: Math.max(1, Math.round(this.#size.clientWidth * scale)),
      height: Math.max(1, Math.round(this.#size.clientHeight * scale)),
    };
  }

  /** Puts a renderer's canvas into the picture. */
  show(renderer: PictureRenderer): void {
    this.#box.querySelector('#picture')?.remove();
    this.#frame.canvas.after(renderer.canvas);
  }

  update(model: EditorModel): void {
    this.#model = model;
    this.#tabs.update(model);
    this.#film.update(model);
    this.#frame.update(model);
    this.#fit();
    this.#overlay.update(model, this.#drag?.region ?? regionOf(model.view.chain), this.#pixel);
    setText(this.#summary, summaryText(model));
    this.#showReadOut();
    this.#showLegend(model);
    const { text, help } = badgeText(model);
    setText(this.#badge, text);
    this.#badge.title = help;
  }

  #showLegend({ scheme }: EditorModel): void {
    if (this.#legend.dataset.scheme === scheme.id) {
      return;
    }
    this.#legend.dataset.scheme = scheme.id;
    this.root.style.setProperty('--stage', cssColor(scheme.background));
    this.root.style.setProperty('--axis', cssColor(lineColor(scheme.background)));
    const swatch = (color: string, text: string) => {
      const dot = element('span', { class: 'dot' });
      dot.style.setProperty('--dot', color);
      return element('span', { class: 'legend-entry' }, dot, text);
    };
    const entries =
      scheme.coloring.kind === 'polarity'
        ? [swatch(cssColor(scheme.on), 'ON'), swatch(cssColor(scheme.off), 'OFF')]
        : [swatch(cssColor(scheme.off), 'few'), swatch(cssColor(scheme.on), 'many')];
    this.#legend.replaceChildren(...entries);
  }

  /** Fits the picture into the viewport with square pixels. */
  #fit(): void {
    if (!this.#model) {
      return;
    }
    const { clientWidth, clientHeight } = this.#size;
    const { view, sensor, network } = this.#model;
    const shape = view.view === 'network' ? network.tensor?.shape : undefined;
    const [width, height] = shape ? [shape[3], shape[2]] : [sensor.width, sensor.height];
    const scale = Math.min(clientWidth / width, clientHeight / height);
    const full = view.view === 'cloud';
    this.#box.style.setProperty('width', `${full ? clientWidth : Math.floor(width * scale)}px`);
    this.#box.style.setProperty('height', `${full ? clientHeight : Math.floor(height * scale)}px`);
    this.#box.classList.toggle('smooth', scale < 1);
  }

  #pixelAt(event: PointerEvent): Pixel | undefined {
    const { left, top, width, height } = this.#box.getBoundingClientRect();
    const { sensor, view, network } = this.#model!;
    const shape = view.view === 'network' ? network.tensor?.shape : undefined;
    const [columns, rows] = shape ? [shape[3], shape[2]] : [sensor.width, sensor.height];
    const x = Math.floor(((event.clientX - left) / width) * columns);
    const y = Math.floor(((event.clientY - top) / height) * rows);
    return { x, y };
  }

  #isInside({ x, y }: Pixel): boolean {
    const { sensor } = this.#model!;
    return x >= 0 && y >= 0 && x < sensor.width && y < sensor.height;
  }

  #listen(): void {
    const viewport = this.#viewport;
    viewport.addEventListener('pointerdown', (event) => this.#startDrag(event));
    viewport.addEventListener('pointermove', (event) => this.#move(event));
    viewport.addEventListener('pointerup', () => this.#endDrag());
    viewport.addEventListener('pointercancel', () => this.#cancelDrag());
    viewport.addEventListener('pointerleave', () => this.#readPixel(undefined));
    viewport.addEventListener('keydown', (event) => this.#onKey(event));
    viewport.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false });
  }

  #startDrag(event: PointerEvent): void {
    const start = this.#model && this.#pixelAt(event);
    if (start && event.button === 0) {
      this.#viewport.setPointerCapture(event.pointerId);
      this.#drag = { start, x: event.clientX, y: event.clientY };
    }
  }

  #move(event: PointerEvent): void {
    if (!this.#model) {
      return;
    }
    const { view, sensor } = this.#model;
    const pixel = this.#pixelAt(event)!;
    if (this.#drag && view.view === 'cloud') {
      const camera = turned(
        view.camera,
        (event.clientX - this.#drag.x) * TURN_PER_PIXEL,
        (event.clientY - this.#drag.y) * TURN_PER_PIXEL,
      );
      this.#drag = { ...this.#drag, x: event.clientX, y: event.clientY };
      this.commands.setView({ camera });
    } else if (this.#drag && view.view !== 'network') {
      const region = regionBetween(this.#drag.start, pixel, sensor);
      this.#drag = { ...this.#drag, region };
      this.update(this.#model);
    }
    this.#readPixel(view.view === 'cloud' || !this.#isInside(pixel) ? undefined : pixel);
  }

  #endDrag(): void {
    const region = this.#drag?.region;
    this.#drag = undefined;
    if (region && region.width > SMALLEST_DRAG && region.height > SMALLEST_DRAG) {
      this.commands.setView({ chain: withRegion(this.#model!.view.chain, region) });
    } else if (this.#model) {
      this.update(this.#model);
    }
  }

  #cancelDrag(): void {
    this.#drag = undefined;
  }

  #onKey(event: KeyboardEvent): void {
    const turns: Record<string, readonly [number, number]> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    const turn = turns[event.key];
    if (!this.#model || !turn) {
      return;
    }
    const { view, sensor } = this.#model;
    if (view.view === 'cloud' && !event.altKey) {
      this.commands.setView({ camera: turned(view.camera, turn[0] * TURN_PER_KEY, turn[1] * TURN_PER_KEY) });
    } else if (event.altKey && view.view !== 'network') {
      const { x, y } = this.#pixel ?? { x: sensor.width >> 1, y: sensor.height >> 1 };
      const pixel = { x: x + turn[0], y: y + turn[1] };
      this.#readPixel(this.#isInside(pixel) ? pixel : this.#pixel);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #onWheel(event: WheelEvent): void {
    if (this.#model?.view.view === 'cloud') {
      event.preventDefault();
      const camera = zoomed(this.#model.view.camera, event.deltaY < 0 ? 1.1 : 1 / 1.1);
      this.commands.setView({ camera });
    }
  }

  #readPixel(pixel: Pixel | undefined): void {
    this.#pixel = pixel;
    if (this.#model) {
      this.#overlay.update(this.#model, this.#drag?.region ?? regionOf(this.#model.view.chain), pixel);
    }
    this.#showReadOut();
  }

  #showReadOut(): void {
    setText(this.#readOut, this.#pixel ? this.valueAt(this.#pixel) : '');
  }
}
