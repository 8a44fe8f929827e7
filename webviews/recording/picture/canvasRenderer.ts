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

/** Draws points with a depth buffer, nearer ones in front. */
function drawPoints(
  image: ImageData,
  slices: readonly PageSlice[],
  rule: CloudRule,
  matrix: CloudMatrix,
): void {
  const { width, height } = image;
  const pixels = new Uint32Array(image.data.buffer);
  const depths = new Float32Array(width * height).fill(Number.POSITIVE_INFINITY);
  const colors = [rule.off, rule.on].map(
    ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0,
  );
  const size = Math.max(1, Math.round(rule.pointSize));
  for (const { page, begin, end } of slices) {
    const { time, place } = page.columns;
    for (let index = begin; index < end; index++) {
      const word = place[index]!;
      const [x, y, depth] = project(
        matrix,
        (word & 0xffff) / rule.sensorWidth,
        ((word >>> 16) & 0x7fff) / rule.sensorHeight,
        (page.from + time[index]! - rule.from) / (rule.to - rule.from),
      );
      const column = Math.round((x * 0.5 + 0.5) * width - size / 2);
      const row = Math.round((0.5 - y * 0.5) * height - size / 2);
      for (let dot = 0; dot < size * size; dot++) {
        const px = column + (dot % size);
        const py = row + Math.floor(dot / size);
        const at = py * width + px;
        if (px >= 0 && px < width && py >= 0 && py < height && depth < depths[at]!) {
          depths[at] = depth;
          pixels[at] = colors[word >>> 31]!;
        }
      }
    }
  }
}
