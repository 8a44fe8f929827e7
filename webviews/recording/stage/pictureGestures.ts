import type { EditorCommands, EditorModel } from '../editorModel';
import { type CloudCamera, turned } from '../picture/cloudCamera';
import { type PictureZoom, panned, showingPixel, wheelFactor, type ZoomFrame } from './pictureZoom';
import { type PixelRegion, regionBetween, withRegion } from './region';
import { ZOOM_STEP } from './zoomBar';

export interface Pixel {
  readonly x: number;
  readonly y: number;
}

/** A place of the window. */
export type Place = Pick<PointerEvent, 'clientX' | 'clientY'>;

/** What gestures need of the picture. */
export interface GestureSurface {
  readonly viewport: HTMLElement;
  model(): EditorModel | undefined;
  zoomFrame(): ZoomFrame;
  /** The pixel at a place of the window; it may lie outside the picture. */
  pixelAt(place: Place): Pixel;
  /** @param factor undefined fits the picture. @param dx, dy of the point that stays, from the middle in CSS pixels. */
  zoom(factor: number | undefined, dx?: number, dy?: number): void;
  /** The region that is dragged or the pixel that is read out is another. */
  changed(): void;
}

/** What a pressed button does (choose a region, move the zoomed picture, turn the cloud), and from where. */
interface Drag {
  readonly kind: 'region' | 'pan' | 'turn';
  readonly start: Pixel;
  readonly x: number;
  readonly y: number;
  readonly zoom: PictureZoom;
  readonly camera: CloudCamera;
  readonly region?: PixelRegion;
}

const TURN_PER_PIXEL = 0.008;
const TURN_PER_KEY = 0.1;
const SMALLEST_DRAG = 2;
/** Pixels that the read-out moves with Shift. */
const FAR = 10;
const TURNS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const ZOOM_KEYS: ReadonlyMap<string, number | undefined> = new Map([
  ['+', ZOOM_STEP],
  ['=', ZOOM_STEP],
  ['-', 1 / ZOOM_STEP],
  ['0', undefined],
]);

function clamped(value: number, size: number): number {
  return Math.min(size - 1, Math.max(0, value));
}

/** Pointer, wheel and keys on the picture. */
export class PictureGestures {
  #drag: Drag | undefined;
  #pixel: Pixel | undefined;
  /** Where the pointer is in the window; undefined: away, or the read-out was moved by keys. */
  #pointer: Place | undefined;

  constructor(
    private readonly surface: GestureSurface,
    private readonly commands: EditorCommands,
  ) {
    const { viewport } = surface;
    viewport.addEventListener('pointerdown', (event) => this.#startDrag(event));
    viewport.addEventListener('pointermove', (event) => this.#move(event));
    viewport.addEventListener('pointerup', () => this.#endDrag());
    viewport.addEventListener('pointercancel', () => this.#cancelDrag());
    viewport.addEventListener('pointerleave', () => this.#point(undefined));
    // The middle button would scroll the page.
    viewport.addEventListener('mousedown', (event) => event.button === 1 && event.preventDefault());
    viewport.addEventListener('keydown', (event) => this.#onKey(event));
    viewport.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false });
  }

  /** The region that is being dragged. */
  get region(): PixelRegion | undefined {
    return this.#drag?.region;
  }

  /** The pixel that is read out. */
  get pixel(): Pixel | undefined {
    return this.#pixel;
  }

  #startDrag(event: PointerEvent): void {
    const model = this.surface.model();
    if (!model || event.button > 1) {
      return;
    }
    const { view, zoom, camera } = model.view;
    const pans = event.button === 1 || event.altKey || view === 'network';
    const kind = view === 'cloud' ? 'turn' : pans ? 'pan' : 'region';
    const { viewport } = this.surface;
    viewport.setPointerCapture(event.pointerId);
    viewport.classList.toggle('panning', kind === 'pan');
    const [x, y] = [event.clientX, event.clientY];
    this.#drag = { kind, start: this.surface.pixelAt(event), x, y, zoom, camera };
  }

  #move(event: PointerEvent): void {
    const model = this.surface.model();
    if (!model) {
      return;
    }
    if (this.#drag) {
      this.#continueDrag(this.#drag, event, model);
    }
    this.#point(event);
  }

  #point(place: Place | undefined): void {
    this.#pointer = place;
    this.#readPixel(place && this.surface.pixelAt(place));
  }

  /** Reads out what is under the pointer now that the picture has moved. */
  follow(): void {
    if (this.#pointer) {
      this.#readPixel(this.surface.pixelAt(this.#pointer));
    }
  }

  #continueDrag(drag: Drag, event: PointerEvent, { sensor }: EditorModel): void {
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (drag.kind === 'region') {
      this.#drag = { ...drag, region: regionBetween(drag.start, this.surface.pixelAt(event), sensor) };
    } else if (drag.kind === 'turn') {
      const camera = turned(drag.camera, dx * TURN_PER_PIXEL, dy * TURN_PER_PIXEL);
      this.commands.setView({ camera });
    } else {
      this.commands.setView({ zoom: panned(drag.zoom, this.surface.zoomFrame(), dx, dy) });
    }
  }

  #endDrag(): void {
    const region = this.#drag?.region;
    this.#cancelDrag();
    const model = this.surface.model();
    if (model && region && region.width > SMALLEST_DRAG && region.height > SMALLEST_DRAG) {
      this.commands.setView({ chain: withRegion(model.view.chain, region) });
    }
  }

  #cancelDrag(): void {
    this.#drag = undefined;
    this.surface.viewport.classList.remove('panning');
    this.surface.changed();
  }

  #onKey(event: KeyboardEvent): void {
    const model = this.surface.model();
    if (!model || event.ctrlKey || event.metaKey) {
      return;
    }
    const turn = TURNS[event.key];
    const { view } = model.view;
    if (turn && view === 'cloud' && !event.altKey) {
      const camera = turned(model.view.camera, turn[0] * TURN_PER_KEY, turn[1] * TURN_PER_KEY);
      this.commands.setView({ camera });
    } else if (turn && event.altKey && view !== 'network' && view !== 'cloud') {
      this.#moveReadOut(model, turn, event.shiftKey ? FAR : 1);
    } else if (ZOOM_KEYS.has(event.key) && !event.altKey) {
      this.surface.zoom(ZOOM_KEYS.get(event.key));
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** Reads the next pixel; a zoomed picture follows. */
  #moveReadOut({ sensor, view }: EditorModel, turn: readonly [number, number], by: number): void {
    const { x, y } = this.#pixel ?? { x: sensor.width >> 1, y: sensor.height >> 1 };
    const pixel = { x: clamped(x + turn[0] * by, sensor.width), y: clamped(y + turn[1] * by, sensor.height) };
    this.#pointer = undefined;
    this.#readPixel(pixel);
    if (view.zoom.factor > 1) {
      this.commands.setView({ zoom: showingPixel(view.zoom, this.surface.zoomFrame(), pixel) });
    }
  }

  #onWheel(event: WheelEvent): void {
    const model = this.surface.model();
    if (!model) {
      return;
    }
    const { view, zoom } = model.view;
    const factor = wheelFactor(event);
    // A picture that fits cannot shrink: the page may scroll then, but never zoom itself.
    if (event.ctrlKey || view === 'cloud' || factor > 1 || zoom.factor > 1) {
      event.preventDefault();
      const { left, top, width, height } = this.surface.viewport.getBoundingClientRect();
      this.surface.zoom(factor, event.clientX - left - width / 2, event.clientY - top - height / 2);
    }
  }

  #readPixel(pixel: Pixel | undefined): void {
    if (!this.surface.model()) {
      return;
    }
    const { columns, rows } = this.surface.zoomFrame();
    const inside = pixel && pixel.x >= 0 && pixel.y >= 0 && pixel.x < columns && pixel.y < rows;
    this.#pixel = inside ? pixel : undefined;
    this.surface.changed();
  }
}
