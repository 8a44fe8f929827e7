import { BOX_EDGES, type CloudShape, cloudMatrix, project } from './cloudCamera';

type Point = readonly [x: number, y: number];

/** An edge of the cloud's box that carries an axis, in pixels of the canvas with y downwards. */
export interface CloudAxis {
  readonly name: 'x' | 'y' | 't';
  /** Where the axis begins and ends: column 0, row 0, the earliest time; and the last ones. */
  readonly from: Point;
  readonly to: Point;
  /** Unit vector away from the box. */
  readonly outward: Point;
}

const NAMES = ['x', 'y', 't'] as const;

/** Per axis the one of four parallel edges that lies outermost: the lowest for x and t, the leftmost for y. */
export function cloudAxes(shape: CloudShape): readonly CloudAxis[] {
  const { width, height } = shape;
  const matrix = cloudMatrix(shape);
  const place = ([u, v, s]: readonly number[]): Point => {
    const [x, y] = project(matrix, u!, v!, s!);
    return [(x * 0.5 + 0.5) * width, (0.5 - y * 0.5) * height];
  };
  return NAMES.map((name, axis) => {
    const edges = BOX_EDGES.slice(axis * 4, axis * 4 + 4).map(
      ([from, to]) => [place(from), place(to)] as const,
    );
    const depth = ([a, b]: readonly [Point, Point]) => (name === 'y' ? -a[0] - b[0] : a[1] + b[1]);
    const [from, to] = edges.reduce((most, each) => (depth(each) > depth(most) + 1e-6 ? each : most));
    return { name, from, to, outward: outwardOf(from, to, [width / 2, height / 2]) };
  });
}

/** Unit vector across an edge, away from the middle. */
function outwardOf(from: Point, to: Point, middle: Point): Point {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
  const across: Point = [(to[1] - from[1]) / length, (from[0] - to[0]) / length];
  const away =
    ((from[0] + to[0]) / 2 - middle[0]) * across[0] + ((from[1] + to[1]) / 2 - middle[1]) * across[1];
  return away < 0 ? [-across[0], -across[1]] : across;
}
