import type { SensorSize } from '../../../engine/events/eventBatch';
import type { TensorAnswer } from '../../../engine/protocol/recordingProtocol';
import { stepAt, stepPlanes, stepRule } from '../network/tensorPicture';
import type { PageSlice, TimeSpan } from '../pages/eventCache';
import type { ViewState } from '../viewState';
import { chooseRenderer, type RendererChoice } from './chooseRenderer';
import type { CloudRule } from './cloudCamera';
import { paint } from './coloring';
import { type ColorScheme, lineColor } from './colorSchemes';
import type { PictureRenderer } from './pictureRenderer';
import type { PictureKind, PictureRule } from './pictureSettings';
import { drawPlanes, emptyPlanes, type Planes, typicalPeak } from './planes';
import { type SliceStatistics, sliceStatistics } from './sliceStatistics';

/** What is to be drawn. */
export interface Scene {
  readonly view: ViewState;
  readonly scheme: ColorScheme;
  readonly sensor: SensorSize;
  readonly slices: readonly PageSlice[];
  readonly shown: TimeSpan;
  readonly time: number;
  readonly tensor: TensorAnswer | undefined;
  /** Size of the viewport in device pixels. */
  readonly device: { readonly width: number; readonly height: number };
}

/** While playing, the strength follows the events slowly, so that the picture does not flicker. */
const FOLLOW = 0.25;
/** A single event can be seen even where other pixels have many. */
const COUNT_FLOOR = 0.3;
const CLOUD_POINTS_LARGE = 40_000;

function isSamePicture(left: Scene, right: Scene): boolean {
  return (
    left.view === right.view &&
    left.scheme === right.scheme &&
    left.sensor === right.sensor &&
    left.time === right.time &&
    left.tensor === right.tensor &&
    left.shown.from === right.shown.from &&
    left.shown.to === right.shown.to &&
    left.device.width === right.device.width &&
    left.device.height === right.device.height &&
    left.slices.length === right.slices.length &&
    left.slices.every(({ page, begin, end }, index) => {
      const other = right.slices[index]!;
      return page === other.page && begin === other.begin && end === other.end;
    })
  );
}

/** Draws scenes with the renderer of the user's choice, and says what is in them. */
export class PictureDrawer {
  #renderer: PictureRenderer | undefined;
  #choice: RendererChoice | undefined;
  #counts: Planes = emptyPlanes(1, 1);
  #faded: Planes = emptyPlanes(1, 1);
  #peak = 1;
  #tensorPixel: { readonly planes: Planes } | undefined;
  /** What the canvas shows. */
  #drawn: { readonly scene: Scene; readonly peak: number } | undefined;

  constructor(private readonly onRenderer: (renderer: PictureRenderer) => void) {}

  get rendererName(): string {
    return this.#renderer?.name ?? '';
  }

  get canvas(): HTMLCanvasElement | undefined {
    return this.#renderer?.canvas;
  }

  /** Draws a scene, unless it is what the canvas shows: pages that arrive change no picture. */
  draw(scene: Scene): void {
    const renderer = this.#rendererFor(scene.view.renderer);
    if (this.#drawn && this.#drawn.peak === this.#peak && isSamePicture(this.#drawn.scene, scene)) {
      return;
    }
    this.#drawn = { scene, peak: this.#peak };
    this.#tensorPixel = undefined;
    if (scene.view.view === 'network') {
      this.#drawTensor(renderer, scene);
    } else if (scene.view.view === 'cloud') {
      renderer.drawCloud(scene.slices, this.#cloudRule(scene));
    } else {
      renderer.drawPicture(scene.slices, this.#rule(scene, scene.view.view));
    }
  }

  /** Counts the events of a scene per pixel. @param moving the strength then follows slowly. */
  measure(scene: Scene, moving: boolean): SliceStatistics {
    const { sensor, slices, view } = scene;
    if (this.#counts.width !== sensor.width || this.#counts.height !== sensor.height) {
      this.#counts = emptyPlanes(sensor.width, sensor.height);
    }
    drawPlanes(this.#counts, slices, { ...this.#rule(scene, 'accumulation') });
    const peak = view.view === 'decay' ? this.#fadedPeak(scene) : typicalPeak(this.#counts);
    this.#peak = moving ? this.#peak + FOLLOW * (peak - this.#peak) : peak;
    return sliceStatistics(this.#counts);
  }

  /** What is known of a pixel, as text. */
  valueAt({ x, y }: { readonly x: number; readonly y: number }): string {
    const { width, height, values } = this.#tensorPixel?.planes ?? this.#counts;
    if (x >= width || y >= height) {
      return '';
    }
    const off = values[y * width + x]!;
    const on = values[width * height + y * width + x]!;
    const text = (value: number) => String(Number(value.toPrecision(4)));
    return `(${x}, ${y})  ON ${text(on)}  OFF ${text(off)}`;
  }

  dispose(): void {
    const renderer = this.#renderer;
    this.#renderer = undefined;
    this.#drawn = undefined;
    renderer?.dispose();
  }

  #rendererFor(choice: RendererChoice): PictureRenderer {
    if (!this.#renderer || choice !== this.#choice) {
      this.#choice = choice;
      this.#renderer = this.#replaceBy(chooseRenderer(choice));
    }
    return this.#renderer;
  }

  /** A graphics card may be taken away at any time; the processor then draws the same. */
  #replaceBy(renderer: PictureRenderer): PictureRenderer {
    const before = this.#renderer;
    this.#renderer = renderer;
    this.#drawn = undefined;
    before?.dispose();
    renderer.canvas.addEventListener('webglcontextlost', () => {
      if (this.#renderer === renderer) {
        this.#replaceBy(chooseRenderer('canvas'));
      }
    });
    this.onRenderer(renderer);
    return renderer;
  }

  #fadedPeak(scene: Scene): number {
    if (this.#faded.width !== scene.sensor.width || this.#faded.height !== scene.sensor.height) {
      this.#faded = emptyPlanes(scene.sensor.width, scene.sensor.height);
    }
    drawPlanes(this.#faded, scene.slices, this.#rule(scene, 'decay'));
    return typicalPeak(this.#faded);
  }

  #rule({ sensor, time, view, scheme }: Scene, kind: PictureKind): PictureRule {
    return {
      kind,
      width: sensor.width,
      height: sensor.height,
      now: time,
      tau: view.tau,
      fullScale: view.fullScale ?? this.#peak,
      coloring: scheme.coloring,
      floor: kind === 'accumulation' ? COUNT_FLOOR : 0,
    };
  }

  #cloudRule({ sensor, shown, view, scheme, device, slices }: Scene): CloudRule {
    const { on, off, background } = scheme;
    const events = slices.reduce((sum, { begin, end }) => sum + end - begin, 0);
    const pixels = Math.max(1, Math.round(device.height / 400));
    return {
      sensorWidth: sensor.width,
      sensorHeight: sensor.height,
      from: shown.from,
      to: Math.max(shown.to, shown.from + 1),
      camera: view.camera,
      on,
      off,
      line: lineColor(background),
      width: device.width,
      height: device.height,
      pointSize: events > CLOUD_POINTS_LARGE ? pixels : pixels + 1,
    };
  }

  #drawTensor(renderer: PictureRenderer, { tensor, time, view, scheme }: Scene): void {
    if (!tensor || tensor.steps.length === 0) {
      renderer.drawPixels(new Uint8ClampedArray(4), 1, 1);
      return;
    }
    const step = stepAt(tensor, time);
    const planes = stepPlanes(tensor, step);
    const rule = stepRule(tensor, step, scheme, view.fullScale);
    const pixels = new Uint8ClampedArray(rule.width * rule.height * 4);
    paint(pixels, planes, rule);
    renderer.drawPixels(pixels, rule.width, rule.height);
    this.#tensorPixel = { planes };
  }
}
