import type { EventRow } from '../../../tools/recordings';

/** How {@link plainFrames} bins. */
interface PlainRule {
  readonly timeSteps: number;
  readonly size: number;
  readonly width: number;
  readonly height: number;
}

/** Value between four pixels, corners on corners. */
function sampled(plane: readonly number[][], x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const at = (row: number, column: number) => plane[row]?.[column] ?? 0;
  const upper = at(top, left) * (left + 1 - x) + at(top, left + 1) * (x - left);
  const lower = at(top + 1, left) * (left + 1 - x) + at(top + 1, left + 1) * (x - left);
  return upper * (top + 1 - y) + lower * (y - top);
}

/** Counts of a window by polarity, row and column. */
function countsOf(rows: readonly EventRow[], from: number, to: number, { width, height }: PlainRule) {
  const planes = [0, 1].map(() => Array.from({ length: height }, () => new Array<number>(width).fill(0)));
  for (const [, x, y, p] of rows.filter(([t]) => t >= from && t < to)) {
    planes[p]![y]![x]!++;
  }
  return planes;
}

/**
 * The common rule of methods.md 3.2 once more, step by step and slowly: [T, S, S, 2].
 * @param rows in time order.
 */
export function plainFrames(rows: readonly EventRow[], rule: PlainRule): number[] {
  const { timeSteps, size, width, height } = rule;
  const first = rows[0]![0];
  const window = Math.floor(rows.at(-1)![0] / timeSteps);
  const place = (index: number, edge: number) => (index * (edge - 1)) / (size - 1);
  const pixels = Array.from({ length: size * size }, (_, pixel) => ({
    x: place(pixel % size, width),
    y: place(Math.floor(pixel / size), height),
  }));
  return Array.from({ length: timeSteps }, (_, step) => {
    const planes = countsOf(rows, first + step * window, first + (step + 1) * window, rule);
    return pixels.flatMap(({ x, y }) => planes.map((plane) => sampled(plane, x, y)));
  }).flat();
}

/** Extent of events: W = max x + 1, H = max y + 1. */
export function extentOfRows(rows: readonly EventRow[]): { width: number; height: number } {
  return {
    width: Math.max(...rows.map((row) => row[1])) + 1,
    height: Math.max(...rows.map((row) => row[2])) + 1,
  };
}

/** The events with their smallest x and y at 0. */
export function fromOrigin(rows: readonly EventRow[]): EventRow[] {
  const left = Math.min(...rows.map((row) => row[1]));
  const top = Math.min(...rows.map((row) => row[2]));
  return rows.map(([t, x, y, p]) => [t, x - left, y - top, p]);
}

/** The events with their first time at 0. */
export function fromFirst(rows: readonly EventRow[]): EventRow[] {
  return rows.map(([t, x, y, p]) => [t - rows[0]![0], x, y, p]);
}
