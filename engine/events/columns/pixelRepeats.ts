/** Rows in file order. */
export interface PixelTimes {
  readonly t: ArrayLike<number>;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

/** Units between two events of a pixel that are too few to be µs: pixels rest longer, scenes change more slowly. */
const SOON = 20;
/** Of real recordings in µs up to 0.2 do so (a bright flicker on Gen3), of DVS128 Gesture in ms from 0.33 on. */
const LEAST_SHARE = 0.25;

/** Whether so many pixels send again within a few units of time that the units cannot be µs. Simulators' equal times do not count. */
export function repeatTooSoon({ t, x, y }: PixelTimes): boolean {
  const lastTimes = new Map<number, number>();
  let soon = 0;
  for (let index = 0; index < t.length; index++) {
    const pixel = y[index]! * 65_536 + x[index]!;
    const wait = t[index]! - (lastTimes.get(pixel) ?? Number.NEGATIVE_INFINITY);
    soon += wait > 0 && wait < SOON ? 1 : 0;
    lastTimes.set(pixel, t[index]!);
  }
  return soon > 0 && soon >= t.length * LEAST_SHARE;
}
