/** A displacement in pixels: x to the right, y downwards. */
export interface Displacement {
  readonly x: number;
  readonly y: number;
}

/** A camera path: displacement of the picture on the sensor as a function of the time in µs. */
export type CameraPath = (time: number) => Displacement;

/** Length of one saccade in µs; the rig of N-MNIST makes three in about 300 ms (Orchard et al. 2015). */
export const SACCADE_MICROSECONDS = 102_000;
/** Length of a recording in µs. */
export const RECORDING_MICROSECONDS = 3 * SACCADE_MICROSECONDS;

/** Part of a saccade in which the camera moves; it rests for the remainder. */
const MOVING_SHARE = 0.88;

/**
 * Corners of the isosceles triangle the picture runs along: down right, up right, back left. The size is that
 * of N-MNIST's event centroids over time (about 5.6 pixels wide, 5 high).
 */
const CORNERS: readonly Displacement[] = [
  { x: -2.8, y: -2.5 },
  { x: 0, y: 2.5 },
  { x: 2.8, y: -2.5 },
];

/** Minimum-jerk profile from 0 to 1: velocity and acceleration are 0 at both ends. */
function minimumJerk(share: number): number {
  return share ** 3 * (10 - 15 * share + 6 * share ** 2);
}

/** The three saccades of the N-MNIST rig, from 0 to {@link RECORDING_MICROSECONDS}; at rest outside. */
export const nmnistSaccades: CameraPath = (time) => {
  const clamped = Math.min(Math.max(time, 0), RECORDING_MICROSECONDS - 1);
  const saccade = Math.floor(clamped / SACCADE_MICROSECONDS);
  const from = CORNERS[saccade]!;
  const to = CORNERS[(saccade + 1) % CORNERS.length]!;
  const share = (clamped - saccade * SACCADE_MICROSECONDS) / SACCADE_MICROSECONDS;
  const progress = minimumJerk(Math.min(1, share / MOVING_SHARE));
  return { x: from.x + progress * (to.x - from.x), y: from.y + progress * (to.y - from.y) };
};
