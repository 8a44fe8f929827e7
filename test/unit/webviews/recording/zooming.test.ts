import assert from 'node:assert/strict';
import fc from 'fast-check';
import { drawnSteps, scrolledTo } from '../../../../webviews/recording/network/filmWindow';
import { hasOwnSize } from '../../../../webviews/recording/network/networkSection';
import {
  FITTED,
  limitedZoom,
  type PictureZoom,
  panned,
  pictureBox,
  showingPixel,
  wheelFactor,
  type ZoomFrame,
  zoomedAt,
} from '../../../../webviews/recording/stage/pictureZoom';
import { rendererHelp } from '../../../../webviews/recording/text/badgeText';
import { INITIAL_VIEW, restoreView } from '../../../../webviews/recording/viewState';

const FRAME: ZoomFrame = { columns: 1280, rows: 720, width: 640, height: 400 };

/** Picture coordinate (in shares) under a point, in CSS pixels from the middle of the place. */
function shareAt(zoom: PictureZoom, frame: ZoomFrame, dx: number, dy: number): [number, number] {
  const box = pictureBox(zoom, frame);
  return [(dx - box.dx) / box.width + 0.5, (dy - box.dy) / box.height + 0.5];
}

describe('the zoom of the picture', () => {
  it('fits at first, with square pixels', () => {
    assert.deepEqual(pictureBox(FITTED, FRAME), { width: 640, height: 360, dx: 0, dy: 0, scale: 0.5 });
    assert.deepEqual(restoreView({ view: 'decay' }).zoom, FITTED);
  });

  it('keeps what is under the cursor', () => {
    const within = fc.double({ min: -0.45, max: 0.45, noNaN: true });
    fc.assert(
      fc.property(within, within, fc.double({ min: 1.1, max: 8, noNaN: true }), (x, y, by) => {
        const start: PictureZoom = { factor: 6, x: 0.5, y: 0.5 };
        const [dx, dy] = [x * FRAME.width, y * FRAME.height];
        const zoomed = zoomedAt(start, FRAME, by, dx, dy);
        const [before, after] = [start, zoomed].map((each) => shareAt(each, FRAME, dx, dy));
        assert.ok(Math.abs(before![0]! - after![0]!) < 1e-9 && Math.abs(before![1]! - after![1]!) < 1e-9);
      }),
    );
  });

  it('shows nothing beyond the edges and no pixel larger than 64', () => {
    const share = fc.double({ min: -1, max: 2, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1000, noNaN: true }), share, share, (factor, x, y) => {
        const box = pictureBox({ factor, x, y }, FRAME);
        assert.ok(box.scale >= 0.5 && box.scale <= 64);
        const free = (size: number, place: number) => Math.max(0, size - place) / 2 + 1e-6;
        assert.ok(Math.abs(box.dx) <= free(box.width, FRAME.width), `${box.dx} of ${box.width}`);
        assert.ok(Math.abs(box.dy) <= free(box.height, FRAME.height), `${box.dy} of ${box.height}`);
      }),
    );
  });

  it('moves with the hand, and comes back to the whole', () => {
    const start: PictureZoom = { factor: 4, x: 0.5, y: 0.5 };
    const moved = pictureBox(panned(start, FRAME, 30, -20), FRAME);
    assert.ok(Math.abs(moved.dx - 30) < 1e-6 && Math.abs(moved.dy + 20) < 1e-6);
    assert.deepEqual(limitedZoom(zoomedAt(start, FRAME, 1e-3, 100, 50), FRAME), FITTED);
  });

  it('follows a pixel to where it can be seen, and not further', () => {
    const start: PictureZoom = { factor: 16, x: 0.5, y: 0.5 };
    assert.deepEqual(showingPixel(start, FRAME, { x: 640, y: 360 }), start);
    const moved = showingPixel(start, FRAME, { x: 900, y: 0 });
    const [left] = shareAt(moved, FRAME, -FRAME.width / 2, 0);
    const [right] = shareAt(moved, FRAME, FRAME.width / 2, 0);
    assert.ok(left <= 900 / 1280 && Math.abs(right - 901 / 1280) < 1e-9);
    assert.ok(shareAt(moved, FRAME, 0, -FRAME.height / 2)[1] <= 1e-9);
  });

  it('turns the wheel and a pinch into factors', () => {
    assert.equal(wheelFactor({ deltaY: -100, deltaMode: 0, ctrlKey: false }), 1.25);
    assert.equal(wheelFactor({ deltaY: 100, deltaMode: 0, ctrlKey: true }), 0.8);
    const pinch = wheelFactor({ deltaY: -5, deltaMode: 0, ctrlKey: true });
    assert.ok(pinch > 1.05 && pinch < 1.1, `${pinch}`);
  });
});

describe('the film strip', () => {
  it('draws what is seen of many steps, and some around it', () => {
    assert.deepEqual(drawnSteps(0, 600, 70, 10), { first: 0, last: 10 });
    assert.deepEqual(drawnSteps(7000, 600, 70, 910), { first: 92, last: 117 });
    assert.deepEqual(drawnSteps(0, 0, 70, 0), { first: 0, last: 0 });
  });

  it('scrolls to a step with its neighbours, and only where it must', () => {
    assert.equal(scrolledTo(3, 0, 700, 70, 910), 0);
    assert.equal(scrolledTo(9, 0, 700, 70, 910), 70);
    assert.equal(scrolledTo(909, 0, 700, 70, 910), 910 * 70 - 700);
    assert.equal(scrolledTo(0, 5000, 700, 70, 910), 0);
  });
});

describe('settings that say what they mean', () => {
  it('ask for one size of the network input only', () => {
    assert.equal(hasOwnSize({ name: 'TrainingFrames', time_steps: 10, size: 48 }), true);
    assert.equal(hasOwnSize({ name: 'ToFrame', n_time_bins: 10 }), false);
  });

  it('tell what draws the picture, and why', () => {
    const help = (renderer: string, choice: 'auto' | 'canvas') =>
      rendererHelp({ renderer, view: { ...INITIAL_VIEW, renderer: choice } });
    assert.match(help('Canvas 2D', 'auto'), /by the processor .*because .* no graphics card/);
    assert.match(help('Canvas 2D', 'canvas'), /as chosen/);
    assert.match(help('WebGL 2', 'auto'), /by the graphics card/);
  });
});
