import type { EventBatch } from '../eventBatch';

/** One number per pixel of a sensor whose size need not be known: the memory grows with the pixels that fire. */
export interface PixelMemory {
  /** [height, width]; replaced when it grows, so take it again after `fit`. */
  readonly values: Float64Array;
  readonly width: number;
  readonly height: number;
  /** Grows until every pixel of the batch has its place; new places hold the initial value. */
  fit(events: EventBatch): void;
  /** All places hold the initial value again. */
  clear(): void;
  /** The values as they are now. */
  copy(): PixelCopy;
  /** Takes over the size and values of a copy. */
  load(copy: PixelCopy): void;
}

/** Values of a memory at one time. */
export interface PixelCopy {
  /** [height, width] of the memory that was copied. */
  readonly values: Float64Array | Uint8Array;
  readonly width: number;
  readonly height: number;
}

function largest(values: Uint16Array): number {
  let most = 0;
  for (let index = 0; index < values.length; index++) {
    if (values[index]! > most) {
      most = values[index]!;
    }
  }
  return most;
}

/** Doubles until it holds `needed`, so that growing is rare. */
function grown(size: number, needed: number): number {
  let next = Math.max(1, size);
  while (next < needed) {
    next *= 2;
  }
  return next;
}

/** A memory of no pixels yet. @param initial value of a pixel that never fired. */
export function pixelMemory(initial: number): PixelMemory {
  let width = 0;
  let height = 0;
  let values = new Float64Array(0);

  function resize(newWidth: number, newHeight: number): void {
    const larger = new Float64Array(newWidth * newHeight).fill(initial);
    for (let row = 0; row < height; row++) {
      larger.set(values.subarray(row * width, (row + 1) * width), row * newWidth);
    }
    values = larger;
    width = newWidth;
    height = newHeight;
  }

  return {
    get values() {
      return values;
    },
    get width() {
      return width;
    },
    get height() {
      return height;
    },
    fit(events) {
      const newWidth = grown(width, largest(events.x) + 1);
      const newHeight = grown(height, largest(events.y) + 1);
      if (newWidth > width || newHeight > height) {
        resize(newWidth, newHeight);
      }
    },
    clear() {
      values.fill(initial);
    },
    copy: () => ({ values: values.slice(), width, height }),
    load(copy) {
      values = Float64Array.from(copy.values);
      width = copy.width;
      height = copy.height;
    },
  };
}
