/** What part of the picture is shown, and how large. */
export interface PictureZoom {
  /** 1 fits the picture into its place; at least 1. */
  readonly factor: number;
  /** The picture's point in the middle, as shares of its width and height in [0, 1]. */
  readonly x: number;
  readonly y: number;
}

export const FITTED: PictureZoom = { factor: 1, x: 0.5, y: 0.5 };

/** Sizes that a zoom works with: of the picture in its own pixels, of its place in CSS pixels. */
export interface ZoomFrame {
  readonly columns: number;
  readonly rows: number;
  readonly width: number;
  readonly height: number;
}

/** Largest side of one of the picture's pixels on the screen, in CSS pixels. */
const LARGEST_PIXEL = 64;

/** CSS pixels per pixel of a picture that just fits its place. */
function fitScale({ columns, rows, width, height }: ZoomFrame): number {
  return Math.min(width / columns, height / rows);
}

function boxSize(factor: number, frame: ZoomFrame): readonly [width: number, height: number] {
  const scale = fitScale(frame) * factor;
  return [Math.max(1, Math.floor(frame.columns * scale)), Math.max(1, Math.floor(frame.rows * scale))];
}

/** The zoom within its limits: no smaller than fitting, no larger than 64 px per pixel, nothing beyond the edges. */
export function limitedZoom({ factor, x, y }: PictureZoom, frame: ZoomFrame): PictureZoom {
  const limited = Math.min(Math.max(1, LARGEST_PIXEL / fitScale(frame)), Math.max(1, factor));
  const [boxWidth, boxHeight] = boxSize(limited, frame);
  const within = (middle: number, seen: number) =>
    seen >= 1 ? 0.5 : Math.min(1 - seen / 2, Math.max(seen / 2, middle));
  return {
    factor: limited,
    x: within(x, frame.width / boxWidth),
    y: within(y, frame.height / boxHeight),
  };
}

/** The zoom after a change by a factor that keeps what is at a point. @param dx, dy of it in CSS pixels from the middle of the place. */
export function zoomedAt(zoom: PictureZoom, frame: ZoomFrame, by: number, dx = 0, dy = 0): PictureZoom {
  const before = limitedZoom(zoom, frame);
  const { factor } = limitedZoom({ ...before, factor: before.factor * by }, frame);
  const [width, height] = boxSize(before.factor, frame);
  const [newWidth, newHeight] = boxSize(factor, frame);
  const x = before.x + dx / width - dx / newWidth;
  const y = before.y + dy / height - dy / newHeight;
  return limitedZoom({ factor, x, y }, frame);
}

/** The zoom after the picture was moved by CSS pixels. */
export function panned(zoom: PictureZoom, frame: ZoomFrame, dx: number, dy: number): PictureZoom {
  const { factor, x, y } = limitedZoom(zoom, frame);
  const [width, height] = boxSize(factor, frame);
  return limitedZoom({ factor, x: x - dx / width, y: y - dy / height }, frame);
}

/** The zoom moved as little as shows a pixel of the picture whole. */
export function showingPixel(
  zoom: PictureZoom,
  frame: ZoomFrame,
  pixel: { readonly x: number; readonly y: number },
): PictureZoom {
  const { factor, x, y } = limitedZoom(zoom, frame);
  const [boxWidth, boxHeight] = boxSize(factor, frame);
  const towards = (middle: number, seen: number, from: number, to: number) =>
    seen >= 1 ? middle : Math.min(from + seen / 2, Math.max(to - seen / 2, middle));
  const { columns, rows } = frame;
  return limitedZoom(
    {
      factor,
      x: towards(x, frame.width / boxWidth, pixel.x / columns, (pixel.x + 1) / columns),
      y: towards(y, frame.height / boxHeight, pixel.y / rows, (pixel.y + 1) / rows),
    },
    frame,
  );
}

/** Where the picture lies: size and shift from the middle of its place in CSS pixels, and CSS pixels per pixel. */
export function pictureBox(
  zoom: PictureZoom,
  frame: ZoomFrame,
): {
  readonly width: number;
  readonly height: number;
  readonly dx: number;
  readonly dy: number;
  readonly scale: number;
} {
  const { factor, x, y } = limitedZoom(zoom, frame);
  const [width, height] = boxSize(factor, frame);
  return { width, height, dx: (0.5 - x) * width, dy: (0.5 - y) * height, scale: fitScale(frame) * factor };
}

/** The factor by which a turn of the wheel or a pinch (which comes with Ctrl and small steps) zooms. */
export function wheelFactor({
  deltaY,
  deltaMode,
  ctrlKey,
}: Pick<WheelEvent, 'deltaY' | 'deltaMode' | 'ctrlKey'>): number {
  const pixels = deltaMode === 0 ? deltaY : deltaY * 33;
  const turned = ctrlKey && Math.abs(pixels) < 50 ? pixels * 6 : pixels;
  return 1.25 ** (-Math.min(200, Math.max(-200, turned)) / 100);
}
