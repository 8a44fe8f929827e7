import type { Rgb } from './pictureSettings';

/** From where the x-y-t cloud is seen: angles in radians, zoom 1 fits. */
export interface CloudCamera {
  readonly yaw: number;
  readonly pitch: number;
  readonly zoom: number;
}

export const INITIAL_CAMERA: CloudCamera = { yaw: -0.65, pitch: 0.38, zoom: 1 };

/** Everything the cloud depends on besides its events. */
export interface CloudRule {
  readonly sensorWidth: number;
  readonly sensorHeight: number;
  /** µs, inclusive and exclusive. */
  readonly from: number;
  readonly to: number;
  readonly camera: CloudCamera;
  readonly on: Rgb;
  readonly off: Rgb;
  readonly line: Rgb;
  /** Canvas size in device pixels. */
  readonly width: number;
  readonly height: number;
  readonly pointSize: number;
}

/** What decides where points of the cloud are drawn. */
export type CloudShape = Pick<CloudRule, 'sensorWidth' | 'sensorHeight' | 'camera' | 'width' | 'height'>;

/** Rows of a 3 x 4 matrix: box coordinates (-0.5 to 0.5 on each axis, times the box) to clip space; w is 1. */
export type CloudMatrix = readonly number[];

const TIME_AXIS = 1.6;
/** Leaves room around the box for the names and values of its axes. */
const FIT = 0.9;
const STEEPEST = Math.PI / 2;

/** The camera after a turn by these angles; it never looks upside down. */
export function turned(camera: CloudCamera, yaw: number, pitch: number): CloudCamera {
  return {
    ...camera,
    yaw: camera.yaw + yaw,
    pitch: Math.min(STEEPEST, Math.max(-STEEPEST, camera.pitch + pitch)),
  };
}

/** The camera after a zoom by a factor, between 0.3 and 8. */
export function zoomed(camera: CloudCamera, factor: number): CloudCamera {
  return { ...camera, zoom: Math.min(8, Math.max(0.3, camera.zoom * factor)) };
}

/** Half the lengths of the box along x, y and t; the longer sensor side is 1. */
function halfBox({ sensorWidth, sensorHeight }: CloudShape): [number, number, number] {
  const longest = Math.max(sensorWidth, sensorHeight);
  return [sensorWidth / longest / 2, sensorHeight / longest / 2, TIME_AXIS / 2];
}

/**
 * The orthographic projection of a cloud: takes (u, v, s) in [0, 1] (column, row, time share) to clip coordinates
 * with y upwards and depth growing away from the viewer.
 */
export function cloudMatrix(rule: CloudShape): CloudMatrix {
  const { camera, width, height } = rule;
  const [halfX, halfY, halfT] = halfBox(rule);
  const [sinYaw, cosYaw, sinPitch, cosPitch] = [
    Math.sin(camera.yaw),
    Math.cos(camera.yaw),
    Math.sin(camera.pitch),
    Math.cos(camera.pitch),
  ];
  // Axes of the box in view space: x to the right, y up, z away. Time runs away from the viewer.
  const axes = [
    [cosYaw, sinYaw * sinPitch, -sinYaw * cosPitch],
    [0, -cosPitch, -sinPitch],
    [-sinYaw, cosYaw * sinPitch, -cosYaw * cosPitch],
  ].map((axis, index) => axis.map((part) => part * 2 * [halfX, halfY, halfT][index]!));
  const radius = Math.hypot(halfX, halfY, halfT);
  const scale = (FIT * camera.zoom) / radius;
  const aspect = [Math.min(1, height / width), Math.min(1, width / height)] as const;
  const row = (view: number, factor: number) => [
    axes[0]![view]! * factor,
    axes[1]![view]! * factor,
    axes[2]![view]! * factor,
    -0.5 * factor * (axes[0]![view]! + axes[1]![view]! + axes[2]![view]!),
  ];
  return [...row(0, scale * aspect[0]), ...row(1, scale * aspect[1]), ...row(2, -0.5 / (radius * 2))];
}

/** Clip coordinates of a point (column, row, time), each in [0, 1]. */
export function project(
  matrix: CloudMatrix,
  u: number,
  v: number,
  s: number,
): readonly [number, number, number] {
  const part = (row: number) =>
    matrix[row]! * u + matrix[row + 1]! * v + matrix[row + 2]! * s + matrix[row + 3]!;
  return [part(0), part(4), part(8)];
}

/** The twelve edges of the box as pairs of (u, v, s). */
export const BOX_EDGES: readonly (readonly [readonly number[], readonly number[]])[] = [0, 1, 2].flatMap(
  (axis) =>
    [0, 1, 2, 3].map((corner) => {
      const start = [0, 0, 0];
      const [first, second] = [0, 1, 2].filter((other) => other !== axis) as [number, number];
      start[first] = corner & 1;
      start[second] = corner >> 1;
      const end = [...start];
      end[axis] = 1;
      return [start, end] as const;
    }),
);
