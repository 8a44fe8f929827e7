import type { EventRow } from '../../../tools/recordings';

/** 2000 events of 0.1 s on 346 x 260 pixels with several at the same time, as a moving object makes them. */
export function realisticEvents(start = 0): EventRow[] {
  let state = 12_345;
  const random = (limit: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  let t = start;
  return Array.from({ length: 2000 }, (_, index): EventRow => {
    t += random(100);
    return [t, (40 + Math.floor(index / 10) + random(30)) % 346, 60 + random(140), random(2)];
  });
}
