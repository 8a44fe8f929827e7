import type { PageSlice } from '../pages/eventCache';
import type { CloudRule } from './cloudCamera';
import type { PictureRule } from './pictureSettings';

/** Draws events on a canvas; WebGL 2 and Canvas 2D do the same. */
export interface PictureRenderer {
  readonly name: 'WebGL 2' | 'Canvas 2D';
  readonly canvas: HTMLCanvasElement;
  /** Draws a picture of the sensor's size; pixels without events stay transparent. */
  drawPicture(slices: readonly PageSlice[], rule: PictureRule): void;
  /** Draws the events as points in space and time. */
  drawCloud(slices: readonly PageSlice[], rule: CloudRule): void;
  /** Draws ready pixels: RGBA, 4 * width * height bytes. */
  drawPixels(pixels: Uint8ClampedArray<ArrayBuffer>, width: number, height: number): void;
  dispose(): void;
}
