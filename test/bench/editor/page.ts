import { allocateEvents } from '../../../engine/events/eventBatch';
import { packEvents, unpackEvents } from '../../../engine/recordings/packedEvents';
import { EventCache } from '../../../webviews/recording/pages/eventCache';
import { CanvasRenderer } from '../../../webviews/recording/picture/canvasRenderer';
import { INITIAL_CAMERA } from '../../../webviews/recording/picture/cloudCamera';
import { colorScheme } from '../../../webviews/recording/picture/colorSchemes';
import type { PictureRenderer } from '../../../webviews/recording/picture/pictureRenderer';
import type { PictureKind } from '../../../webviews/recording/picture/pictureSettings';
import { WebglRenderer } from '../../../webviews/recording/picture/webglRenderer';

const WIDTH = 1280;
const HEIGHT = 720;
const EVENTS_PER_SECOND = 10e6;
const SECONDS = 0.25;
const SLICE = 16_667;
const FRAMES = 20;

/** What one way of drawing takes. */
export interface Measurement {
  readonly renderer: string;
  readonly view: string;
  readonly eventsPerPicture: number;
  readonly millisecondsPerPicture: number;
  readonly picturesPerSecond: number;
}

/** Pages of a stream of 10 million events per second that moves over the sensor. */
function stream(): { readonly cache: EventCache; readonly unpackMs: number } {
  const cache = new EventCache(1e9);
  const perPage = 100_000;
  const pageLength = (perPage / EVENTS_PER_SECOND) * 1e6;
  let unpackMs = 0;
  for (let page = 0; page < (SECONDS * EVENTS_PER_SECOND) / perPage; page++) {
    const batch = allocateEvents(perPage);
    for (let index = 0; index < perPage; index++) {
      batch.t[index] = page * pageLength + Math.floor((index * pageLength) / perPage);
      batch.x[index] = (index * 7919 + page * 13) % WIDTH;
      batch.y[index] = (index * 104_729 + page * 7) % HEIGHT;
      batch.polarity[index] = (index * 31) & 1;
    }
    const from = page * pageLength;
    const packed = packEvents(batch, from, from + pageLength);
    const started = performance.now();
    const columns = unpackEvents(packed);
    unpackMs += performance.now() - started;
    cache.add({ from, to: from + pageLength, columns, reduction: [perPage] });
  }
  return { cache, unpackMs };
}

/** Waits until everything asked of the graphics has been done. */
function finish(renderer: PictureRenderer): void {
  const gl = renderer.name === 'WebGL 2' ? renderer.canvas.getContext('webgl2') : null;
  gl?.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
}

function measure(renderer: PictureRenderer, cache: EventCache, view: PictureKind | 'cloud'): Measurement {
  const { coloring, on, off } = colorScheme('ice', false);
  let events = 0;
  const draw = (frame: number) => {
    const to = 100_000 + frame * SLICE * 0.1;
    const from = to - SLICE;
    const slices = cache.slices({ from, to });
    events = slices.reduce((sum, { begin, end }) => sum + end - begin, 0);
    if (view === 'cloud') {
      renderer.drawCloud(slices, {
        ...{ sensorWidth: WIDTH, sensorHeight: HEIGHT, from, to, camera: INITIAL_CAMERA, on, off, line: on },
        ...{ width: WIDTH, height: HEIGHT, pointSize: 1 },
      });
    } else {
      const rule = { kind: view, width: WIDTH, height: HEIGHT, now: to, tau: SLICE / 5, fullScale: 3 };
      renderer.drawPicture(slices, { ...rule, coloring, floor: 0 });
    }
    finish(renderer);
  };
  for (let frame = 0; frame < 5; frame++) {
    draw(frame);
  }
  const started = performance.now();
  for (let frame = 0; frame < FRAMES; frame++) {
    draw(frame);
  }
  const milliseconds = (performance.now() - started) / FRAMES;
  return {
    renderer: renderer.name,
    view,
    eventsPerPicture: events,
    millisecondsPerPicture: Number(milliseconds.toFixed(2)),
    picturesPerSecond: Number((1000 / milliseconds).toFixed(1)),
  };
}

/** Measures every view with both renderers. */
export function measureAll(): {
  readonly graphics: string;
  readonly unpackMillionEventsPerSecond: number;
  readonly measurements: readonly Measurement[];
} {
  const { cache, unpackMs } = stream();
  const views = ['accumulation', 'decay', 'surface', 'contrast', 'cloud'] as const;
  const renderers = [CanvasRenderer, WebglRenderer].map((make) => new make(document.createElement('canvas')));
  const gl = renderers[1]!.canvas.getContext('webgl2');
  const details = gl?.getExtension('WEBGL_debug_renderer_info');
  return {
    graphics: details ? String(gl?.getParameter(details.UNMASKED_RENDERER_WEBGL)) : 'unknown',
    unpackMillionEventsPerSecond: Number(((SECONDS * EVENTS_PER_SECOND) / unpackMs / 1000).toFixed(0)),
    measurements: renderers.flatMap((renderer) => views.map((view) => measure(renderer, cache, view))),
  };
}

Object.assign(window, { measureAll });
