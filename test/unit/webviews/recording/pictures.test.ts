import assert from 'node:assert/strict';
import fc from 'fast-check';
import { allocateEvents } from '../../../../engine/events/eventBatch';
import { packEvents, unpackEvents } from '../../../../engine/recordings/packedEvents';
import type { PageSlice } from '../../../../webviews/recording/pages/eventCache';
import { cloudAxes } from '../../../../webviews/recording/picture/cloudAxes';
import {
  cloudMatrix,
  INITIAL_CAMERA,
  project,
  turned,
} from '../../../../webviews/recording/picture/cloudCamera';
import { paint } from '../../../../webviews/recording/picture/coloring';
import { colorScheme } from '../../../../webviews/recording/picture/colorSchemes';
import type { PictureRule } from '../../../../webviews/recording/picture/pictureSettings';
import { drawPlanes, emptyPlanes, typicalPeak } from '../../../../webviews/recording/picture/planes';
import { sliceStatistics } from '../../../../webviews/recording/picture/sliceStatistics';

const WIDTH = 4;
const HEIGHT = 3;

/** Events [t, x, y, polarity] as one slice of a page from 1000 µs on. */
function slice(...events: readonly (readonly [number, number, number, number])[]): PageSlice {
  const batch = allocateEvents(events.length);
  for (const [index, [t, x, y, polarity]] of events.entries()) {
    batch.t[index] = t;
    batch.x[index] = x;
    batch.y[index] = y;
    batch.polarity[index] = polarity;
  }
  const columns = unpackEvents(packEvents(batch, 1000, 100_000));
  return { page: { from: 1000, to: 100_000, columns, reduction: [] }, begin: 0, end: events.length };
}

function rule(part: Partial<PictureRule>): PictureRule {
  return {
    kind: 'accumulation',
    width: WIDTH,
    height: HEIGHT,
    now: 5000,
    tau: 1000,
    fullScale: 2,
    floor: 0,
    coloring: colorScheme('ice', false).coloring,
    ...part,
  };
}

function planesOf(slices: readonly PageSlice[], part: Partial<PictureRule> = {}): Float32Array {
  const planes = emptyPlanes(WIDTH, HEIGHT);
  drawPlanes(planes, slices, rule(part));
  return planes.values;
}

const ON = WIDTH * HEIGHT;

describe('planes of a picture', () => {
  it('count events per pixel and polarity', () => {
    const values = planesOf([slice([1000, 1, 2, 1], [1001, 1, 2, 1], [1002, 1, 2, 0], [1003, 3, 0, 0])]);
    assert.equal(values[ON + 2 * WIDTH + 1], 2);
    assert.equal(values[2 * WIDTH + 1], 1);
    assert.equal(values[3], 1);
    assert.equal(
      values.reduce((sum, value) => sum + value, 0),
      4,
    );
  });

  it('leave out events beyond the sensor', () => {
    assert.ok(planesOf([slice([1000, 9, 0, 1], [1000, 0, 9, 1])]).every((value) => value === 0));
  });

  it('fade with age, and add up', () => {
    const values = planesOf([slice([4000, 0, 0, 1], [5000, 0, 0, 1])], { kind: 'decay' });
    assert.ok(Math.abs(values[ON]! - (1 + Math.exp(-1))) < 2e-3);
  });

  it('hold the age of the latest event in a time surface', () => {
    const values = planesOf([slice([2000, 0, 0, 1], [4000, 0, 0, 1])], { kind: 'surface' });
    assert.ok(Math.abs(values[ON]! - Math.exp(-1)) < 2e-3);
  });

  it('know a strength that few pixels exceed', () => {
    const planes = emptyPlanes(100, 10);
    planes.values.fill(3, 0, 95);
    planes.values.fill(50, 95, 100);
    assert.equal(typicalPeak(planes), 3);
    assert.equal(typicalPeak(emptyPlanes(2, 2)), 1);
  });
});

describe('colours of a picture', () => {
  function painted(slices: readonly PageSlice[], part: Partial<PictureRule> = {}): Uint8ClampedArray {
    const planes = emptyPlanes(WIDTH, HEIGHT);
    const pixels = new Uint8ClampedArray(WIDTH * HEIGHT * 4);
    drawPlanes(planes, slices, rule(part));
    paint(pixels, planes, rule(part));
    return pixels;
  }

  it('leave pixels without events transparent', () => {
    const pixels = painted([slice([1000, 0, 0, 1])]);
    assert.equal(pixels[3], 128);
    assert.equal(pixels[7], 0);
  });

  it('are the polarity at full strength', () => {
    const pixels = painted([slice([1000, 0, 0, 1], [1000, 0, 0, 1], [1000, 1, 0, 0], [1000, 1, 0, 0])]);
    assert.deepEqual([...pixels.subarray(0, 8)], [104, 189, 255, 255, 255, 138, 76, 255]);
  });

  it('let a single event show beside many', () => {
    const pixels = painted([slice([1000, 0, 0, 1])], { fullScale: 100, floor: 0.3 });
    assert.ok(pixels[3]! > 70);
  });

  it('are those of the map', () => {
    const { coloring } = colorScheme('greyMap', false);
    const pixels = painted([slice([1000, 0, 0, 1])], { coloring, fullScale: 1 });
    assert.deepEqual([...pixels.subarray(0, 4)], [255, 255, 255, 255]);
  });

  it('show brighter and darker as contrast', () => {
    const { coloring } = colorScheme('grey', false);
    const slices = [slice([1000, 0, 0, 1], [1000, 1, 0, 0], [1000, 2, 0, 0], [1000, 2, 0, 1])];
    const pixels = painted(slices, { kind: 'contrast', coloring, fullScale: 1 });
    assert.deepEqual([pixels[0], pixels[4], pixels[8]], [255, 0, 128]);
  });
});

describe('statistics of a slice', () => {
  it('tell events, places and pixels by count', () => {
    const planes = emptyPlanes(WIDTH, HEIGHT);
    drawPlanes(planes, [slice([1000, 1, 2, 1], [1001, 1, 2, 0], [1002, 3, 0, 0])], rule({}));
    const { histogram, ...rest } = sliceStatistics(planes);
    assert.deepEqual(rest, {
      events: 3,
      onEvents: 1,
      activePixels: 2,
      pixels: 12,
      center: { x: 5 / 3, y: 4 / 3 },
      busiest: { x: 1, y: 2, events: 2 },
    });
    assert.deepEqual(histogram.slice(0, 3), [1, 1, 0]);
  });

  it('have no place without events', () => {
    assert.equal(sliceStatistics(emptyPlanes(2, 2)).center, undefined);
  });
});

describe('the camera of the cloud', () => {
  const shape = { sensorWidth: 200, sensorHeight: 100, width: 800, height: 800 };
  const ANGLES = fc.tuple(
    fc.double({ min: -7, max: 7, noNaN: true }),
    fc.double({ min: -Math.PI / 2, max: Math.PI / 2, noNaN: true }),
  );
  const PLACES = fc.constantFrom({ width: 640, height: 410 }, { width: 300, height: 700 });

  it('keeps every corner in the picture at zoom 1', () => {
    fc.assert(
      fc.property(ANGLES, PLACES, ([yaw, pitch], place) => {
        const matrix = cloudMatrix({ ...shape, ...place, camera: { ...INITIAL_CAMERA, yaw, pitch } });
        for (let corner = 0; corner < 8; corner++) {
          const [x, y, depth] = project(matrix, corner & 1, (corner >> 1) & 1, corner >> 2);
          // Room for the names of the axes is left.
          assert.ok(Math.abs(x) <= 0.95 && Math.abs(y) <= 0.95 && Math.abs(depth) <= 1, `${x} ${y} ${depth}`);
        }
      }),
    );
    assert.equal(INITIAL_CAMERA.zoom, 1);
  });

  it('has its axes on the outside of the box, in their directions', () => {
    const camera = { ...INITIAL_CAMERA, yaw: -0.65, pitch: 0.38 };
    const [x, y, t] = cloudAxes({ ...shape, camera });
    assert.deepEqual(
      [x, y, t].map((axis) => axis?.name),
      ['x', 'y', 't'],
    );
    assert.ok(x!.from[0] < x!.to[0], 'columns grow to the right');
    assert.ok(y!.from[1] < y!.to[1], 'rows grow downwards');
    assert.ok(t!.from[1] > t!.to[1], 'time runs away from the viewer, who looks from above');
    fc.assert(
      fc.property(ANGLES, ([yaw, pitch]) => {
        for (const { name, from, to, outward } of cloudAxes({ ...shape, camera: { yaw, pitch, zoom: 1 } })) {
          const middle = [(from[0] + to[0]) / 2 - 400, (from[1] + to[1]) / 2 - 400] as const;
          assert.ok(middle[0] * outward[0] + middle[1] * outward[1] >= -1e-6, 'away from the middle');
          assert.ok(name === 'y' ? middle[0] <= 1e-6 : middle[1] >= -1e-6, `${name} at ${middle}`);
        }
      }),
    );
  });

  it('shows rows downwards when it looks straight', () => {
    const matrix = cloudMatrix({ ...shape, camera: { yaw: 0, pitch: 0, zoom: 1 } });
    const [left, top] = project(matrix, 0, 0, 0);
    const [right, bottom] = project(matrix, 1, 1, 0);
    assert.ok(left < right && top > bottom);
  });

  it('never looks upside down', () => {
    assert.equal(turned(INITIAL_CAMERA, 0, 9).pitch, Math.PI / 2);
  });
});
