import { element, setText } from '../../dashboard/element';
import type { EditorCommands, EditorModel, EditorPart } from '../editorModel';
import { FilmStrip } from '../network/filmStrip';
import { zoomed } from '../picture/cloudCamera';
import { cssColor, lineColor } from '../picture/colorSchemes';
import type { PictureRenderer } from '../picture/pictureRenderer';
import { badgeText, rendererHelp } from '../text/badgeText';
import { summaryText } from '../text/summaryText';
import { FramePicture } from './framePicture';
import { Legend } from './legend';
import { Overlay } from './overlay';
import { PictureGestures, type Pixel, type Place } from './pictureGestures';
import { FITTED, type PictureZoom, pictureBox, type ZoomFrame, zoomedAt } from './pictureZoom';
import { regionOf } from './region';
import { ViewTabs } from './viewTabs';
import { ZoomBar } from './zoomBar';

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
  readonly #legend = new Legend();
  readonly #zoomBar = new ZoomBar((factor) => this.#zoom(factor));
  readonly #badge = element('span', { class: 'badge faded', id: 'renderer-name' });
  readonly #tabs: ViewTabs;
  readonly #film: FilmStrip;
  readonly #overlay = new Overlay();
  readonly #frame = new FramePicture();
  #model: EditorModel | undefined;
  readonly #gestures: PictureGestures;
  #shownZoom: PictureZoom = FITTED;
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
      element('div', { class: 'stage-head' }, this.#tabs.root, this.#legend.root, this.#zoomBar.root),
      this.#viewport,
      this.#film.root,
      element(
        'div',
        { class: 'stage-foot' },
        this.#summary,
        element('div', { class: 'foot-side' }, this.#readOut, this.#badge),
      ),
    );
    this.#gestures = new PictureGestures(
      {
        viewport: this.#viewport,
        model: () => this.#model,
        zoomFrame: () => this.#zoomFrame(),
        pixelAt: (place) => this.#pixelAt(place),
        zoom: (...how) => this.#zoom(...how),
        changed: () => this.#showRegionAndPixel(),
      },
      commands,
    );
    new ResizeObserver(() => {
      const { clientWidth, clientHeight } = this.#viewport;
      this.#size = { clientWidth, clientHeight };
      this.#place();
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
    this.#place();
    if (model.view.zoom !== this.#shownZoom) {
      this.#shownZoom = model.view.zoom;
      this.#gestures.follow();
    }
    this.#showBusy(model);
    this.#showRegionAndPixel();
    this.#legend.update(model.scheme);
    this.root.style.setProperty('--stage', cssColor(model.scheme.background));
    this.root.style.setProperty('--axis', cssColor(lineColor(model.scheme.background)));
    this.#showTexts(model);
  }

  #showTexts(model: EditorModel): void {
    const summary = summaryText(model);
    setText(this.#summary, summary);
    // Its place has two lines whatever it says.
    this.#summary.title = summary;
    const { text, help } = badgeText(model);
    setText(this.#badge, text);
    this.#badge.title = [help, rendererHelp(model)].join(' ').trim();
  }

  /** A tensor that is being computed leaves the one before on the stage, dimmed. */
  #showBusy({ view, network }: EditorModel): void {
    const busy = view.view === 'network' && network.busy === true;
    for (const part of [this.#viewport, this.#film.root]) {
      part.setAttribute('aria-busy', String(busy));
    }
  }

  /** Columns and rows of the picture. */
  #shape(): { readonly columns: number; readonly rows: number } {
    const { sensor, view, network } = this.#model!;
    const shape = view.view === 'network' ? network.tensor?.shape : undefined;
    return shape ? { columns: shape[3], rows: shape[2] } : { columns: sensor.width, rows: sensor.height };
  }

  #zoomFrame(): ZoomFrame {
    const { clientWidth, clientHeight } = this.#size;
    return { ...this.#shape(), width: Math.max(1, clientWidth), height: Math.max(1, clientHeight) };
  }

  /** Puts the picture into the viewport with square pixels, as far as it is zoomed. */
  #place(): void {
    if (!this.#model) {
      return;
    }
    const { view } = this.#model;
    const frame = this.#zoomFrame();
    const isCloud = view.view === 'cloud';
    const { scale, ...zoomed } = pictureBox(view.zoom, frame);
    const box = isCloud ? { width: frame.width, height: frame.height, dx: 0, dy: 0 } : zoomed;
    this.#box.style.width = `${box.width}px`;
    this.#box.style.height = `${box.height}px`;
    this.#box.style.translate = `${box.dx}px ${box.dy}px`;
    this.#box.classList.toggle('smooth', scale < 1);
    this.#zoomBar.update(
      isCloud ? view.camera.zoom : scale,
      isCloud
        ? 'At 100 % the cloud fits at every angle'
        : '100 %: a pixel of the picture is one of the screen',
    );
  }

  #zoom(factor: number | undefined, dx = 0, dy = 0): void {
    if (!this.#model) {
      return;
    }
    const { view, camera, zoom } = this.#model.view;
    if (view === 'cloud') {
      this.commands.setView({ camera: factor ? zoomed(camera, factor) : { ...camera, zoom: 1 } });
    } else {
      this.commands.setView({ zoom: factor ? zoomedAt(zoom, this.#zoomFrame(), factor, dx, dy) : FITTED });
    }
  }

  #pixelAt({ clientX, clientY }: Place): Pixel {
    const { left, top, width, height } = this.#box.getBoundingClientRect();
    const { columns, rows } = this.#shape();
    const x = Math.floor(((clientX - left) / width) * columns);
    const y = Math.floor(((clientY - top) / height) * rows);
    return { x, y };
  }

  #showRegionAndPixel(): void {
    if (this.#model) {
      const region = this.#gestures.region ?? regionOf(this.#model.view.chain);
      this.#overlay.update(this.#model, region, this.#gestures.pixel);
    }
    const { pixel } = this.#gestures;
    const isFlat = this.#model?.view.view !== 'cloud';
    setText(this.#readOut, pixel && isFlat ? this.valueAt(pixel) : '');
  }
}
