import type { SensorSize } from '../eventBatch';
import type { FrameSample } from '../tracks';

/** Brightness samples have 10 bits. */
const TO_BYTE = 2;

/**
 * Puts the frames of a DAVIS together: every pixel is read after its reset and again after the exposure; its brightness
 * is reset - signal (formats.md 2).
 */
export class DavisFrames {
  private readonly reset: Uint16Array;
  private readonly pixels: Uint8Array;
  /** Number of the frame in which a pixel's reset was read. */
  private readonly seen: Uint32Array;
  private frame = 1;
  private resets = 0;
  private signals = 0;
  private begin = 0;
  private lastColumn = 0;

  constructor(private readonly size: SensorSize) {
    const count = size.width * size.height;
    this.reset = new Uint16Array(count);
    this.pixels = new Uint8Array(count);
    this.seen = new Uint32Array(count);
  }

  /** Number of the frame that is half read, or 0. */
  get pending(): number {
    return this.resets === 0 ? 0 : this.frame;
  }

  /**
   * Columns are reset one after the other, in either direction: a jump back to the first one begins a new frame, and so
   * does a pixel that is reset again.
   */
  addReset(row: number, column: number, value: number, t: number): void {
    const pixel = row * this.size.width + column;
    const jumps = Math.abs(column - this.lastColumn) > this.size.width / 2;
    this.lastColumn = column;
    if (this.resets > 0 && (jumps || this.seen[pixel] === this.frame)) {
      this.restart();
    }
    if (this.resets === 0) {
      this.begin = t;
    }
    this.seen[pixel] = this.frame;
    this.reset[pixel] = value;
    this.resets++;
  }

  /** @param pixel index in rows from the top. @returns the frame that this pixel completed. */
  addSignal(pixel: number, value: number): FrameSample | undefined {
    if (this.seen[pixel] !== this.frame) {
      return undefined;
    }
    this.pixels[pixel] = Math.max(0, this.reset[pixel]! - value) >>> TO_BYTE;
    this.signals++;
    if (this.signals < this.pixels.length) {
      return undefined;
    }
    const { width, height } = this.size;
    const sample: FrameSample = {
      kind: 'frame',
      t: this.begin,
      width,
      height,
      channels: 1,
      pixels: this.pixels.slice(),
    };
    this.restart();
    return sample;
  }

  private restart(): void {
    this.frame++;
    this.resets = 0;
    this.signals = 0;
  }
}
