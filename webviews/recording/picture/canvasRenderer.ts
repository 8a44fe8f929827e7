import type { PageSlice } from '../pages/eventCache';
import { BOX_EDGES, type CloudMatrix, type CloudRule, cloudMatrix, project } from './cloudCamera';
import { paint } from './coloring';
import type { PictureRenderer } from './pictureRenderer';
import type { PictureRule } from './pictureSettings';
import { drawPlanes, emptyPlanes, type Planes } from './planes';

/** Everything on the processor: for machines without WebGL 2, and for those where it is only imitated. */
export class CanvasRenderer implements PictureRenderer {
  readonly name = 'Canvas 2D';
  readonly #context: CanvasRenderingContext2D;
  #planes: Planes = emptyPlanes(1, 1);
  #image: ImageData | undefined;

  constructor(readonly canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d');
    if (!context) {
      throw new Error('This browser has no canvas.');
    }
    this.#context = context;
  }

  drawPicture(slices: readonly PageSlice[], rule: PictureRule): void {
    const { width, height } = rule;
    if (this.#planes.width !== width || this.#planes.height !== height) {
      this.#planes = emptyPlanes(width, height);
    }
    const image = this.#resize(width, height);
    drawPlanes(this.#planes, slices, rule);
    paint(image.data, this.#planes, rule);
    this.#context.putImageData(image, 0, 0);
  }

  drawCloud(slices: readonly PageSlice[], rule: CloudRule): void {
    const image = this.#resize(rule.width, rule.height);
    image.data.fill(0);
    const matrix = cloudMatrix(rule);
    drawPoints(image, slices, rule, matrix);
    this.#context.putImageData(image, 0, 0);
    this.#drawBox(rule, matrix);
  }

  drawPixels(pixels: Uint8ClampedArray<ArrayBuffer>, width: number, height: number): void {
    const image = this.#resize(width, height);
    image.data.set(pixels);
    this.#context.putImageData(image, 0, 0);
  }

  dispose(): void {
    this.#image = undefined;
    this.#planes = emptyPlanes(1, 1);
  }

  #resize(width: number, height: number): ImageData {
    if (this.canvas.width !== width || this.canvas.height !== height || !this.#image) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.#image = this.#context.createImageData(width, height);
    }
    return this.#image;
  }

  #drawBox(rule: CloudRule, matrix: CloudMatrix): void {
    this.#context.strokeStyle = `rgb(${rule.line.join(' ')} / 60%)`;
    this.#context.beginPath();
    for (const [from, to] of BOX_EDGES) {
      for (const [index, [u, v, s]] of [from, to].entries()) {
        const [x, y] = project(matrix, u!, v!, s!);
        const at = [(x * 0.5 + 0.5) * rule.width, (0.5 - y * 0.5) * rule.height] as const;
        if (index === 0) {
          this.#context.moveTo(...at);
        } else {
          this.#context.lineTo(...at);
        }
      }
    }
    this.#context.stroke();
  }
}

/** Pixels with the depth of what is in front. */
interface DepthImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array;
  readonly depths: Float32Array;
}

/** The projection of event columns to pixels: per row of the matrix, factors of column, row and time, and a constant. */
function pixelMatrix(rule: CloudRule, matrix: CloudMatrix): readonly number[] {
  const { width, height, sensorWidth, sensorHeight, from, to, pointSize } = rule;
  const scales = [0.5 * width, -0.5 * height, 1];
  const shifts = [0.5 * width - pointSize / 2, 0.5 * height - pointSize / 2, 0];
  return scales.flatMap((scale, row) => {
    const [u, v, s, one] = matrix.slice(row * 4, row * 4 + 4) as [number, number, number, number];
    return [
      (u * scale) / sensorWidth,
      (v * scale) / sensorHeight,
      (s * scale) / (to - from),
      one * scale + shifts[row]!,
    ];
  });
}

/** Draws points with a depth buffer, nearer ones in front. */
function drawPoints(
  image: ImageData,
  slices: readonly PageSlice[],
  rule: CloudRule,
  matrix: CloudMatrix,
): void {
  const { width, height } = image;
  const target: DepthImage = {
    width,
    height,
    pixels: new Uint32Array(image.data.buffer),
    depths: new Float32Array(width * height).fill(Number.POSITIVE_INFINITY),
  };
  const colors = [rule.off, rule.on].map(
    ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0,
  );
  const size = Math.max(1, Math.round(rule.pointSize));
  const [xu, xv, xs, x1, yu, yv, ys, y1, zu, zv, zs, z1] = pixelMatrix(rule, matrix);
  for (const { page, begin, end } of slices) {
    const { time, place } = page.columns;
    const start = page.from - rule.from;
    for (let index = begin; index < end; index++) {
      const word = place[index]!;
      const u = word & 0xffff;
      const v = (word >>> 16) & 0x7fff;
      const s = start + time[index]!;
      const column = Math.round(xu! * u + xv! * v + xs! * s + x1!);
      const row = Math.round(yu! * u + yv! * v + ys! * s + y1!);
      drawDot(target, column, row, zu! * u + zv! * v + zs! * s + z1!, colors[word >>> 31]!, size);
    }
  }
}

function drawDot(
  { width, height, pixels, depths }: DepthImage,
  column: number,
  row: number,
  depth: number,
  color: number,
  size: number,
): void {
  for (let y = Math.max(0, row); y < Math.min(height, row + size); y++) {
    for (let x = Math.max(0, column); x < Math.min(width, column + size); x++) {
      const at = y * width + x;
      if (depth < depths[at]!) {
        depths[at] = depth;
        pixels[at] = color;
      }
    }
  }
}
