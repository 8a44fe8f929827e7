import { bilinearResize } from '../events/bilinearResize';
import { type AxisTaps, triangleTaps } from './triangleTaps';

/** A plane of floats, [height, width]. */
export interface FloatPlane {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** Means along one axis; `step` values lie between two positions of the axis, `across` is the other axis's step. */
function resizeAxis(
  source: Float32Array,
  taps: AxisTaps,
  lines: { readonly count: number; readonly across: number; readonly step: number },
  target: (line: number, position: number) => number,
  resized: Float32Array,
): void {
  const { first, count, weights, stride } = taps;
  for (let line = 0; line < lines.count; line++) {
    for (let position = 0; position < first.length; position++) {
      let sum = 0;
      for (let tap = 0; tap < count[position]!; tap++) {
        const value = source[line * lines.across + (first[position]! + tap) * lines.step]!;
        sum += value * weights[position * stride + tap]!;
      }
      resized[target(line, position)] = sum;
    }
  }
}

function antialiased({ width, height, values }: FloatPlane, size: number): Float32Array<ArrayBuffer> {
  const narrow = new Float32Array(height * size);
  const columns = { count: height, across: width, step: 1 };
  resizeAxis(values, triangleTaps(width, size), columns, (row, column) => row * size + column, narrow);
  const resized = new Float32Array(size * size);
  const rows = { count: size, across: 1, step: size };
  resizeAxis(narrow, triangleTaps(height, size), rows, (column, row) => row * size + column, resized);
  return resized;
}

/**
 * Resizes to a square as bilinear tensor interpolation does (methods.md 3.3, CEP-DVS): pixel centres map onto pixel
 * centres, in float32.
 * @param size S in pixels, at least 1.
 * @param antialias whether shrinking takes the mean of all pixels below an output pixel.
 * @returns [S, S].
 */
export function tensorResize(plane: FloatPlane, size: number, antialias: boolean): Float32Array<ArrayBuffer> {
  if (antialias) {
    return antialiased(plane, size);
  }
  const resized = new Float32Array(size * size);
  const sizes = { input: plane, output: { width: size, height: size }, channels: 1 };
  bilinearResize(sizes, 'half-pixel').apply(plane.values, 0, resized, 0);
  return resized;
}
