import { type FloatFormat, lines, type Vectors, vectorsOf, widthFor } from './vectors.wgsl';

/** Rows are [groups, rows] of `channels` values; every group is cut into `pieces` of rows. */
export interface ChannelSums {
  readonly groups: number;
  readonly rows: number;
  readonly channels: number;
  readonly pieces: number;
  readonly x: FloatFormat;
  /**
   * Without: sums of x - first and of its square, `first` being the group's first row (so that nothing cancels).
   * With: sums of dy and of dy (x - mean).
   */
  readonly gradient?: FloatFormat;
}

const THREADS = 256;
/** Rows that an invocation reads before it waits for the first. */
const ROWS_AT_ONCE = 4;

/** How a workgroup lies over its piece: `lanes` rows of `columns` elements. */
function layoutOf({ channels, x, gradient }: ChannelSums) {
  const width = widthFor(channels, gradient ? [x, gradient] : [x], 8);
  const chunks = channels / width;
  const columns = Math.min(chunks, THREADS);
  return { width, chunks, columns, lanes: Math.floor(THREADS / columns) };
}

/** Workgroups: x pieces, y groups, z blocks of channels. */
export function channelSumsGroups(kernel: ChannelSums): [number, number, number] {
  const { chunks, columns } = layoutOf(kernel);
  return [kernel.pieces, kernel.groups, Math.ceil(chunks / columns)];
}

/** Into how many pieces a group's rows are cut: every invocation sums some rows, and all are busy. */
export function channelSumsPieces(kernel: Omit<ChannelSums, 'pieces'>): number {
  const { lanes } = layoutOf({ ...kernel, pieces: 1 });
  const most = Math.floor(kernel.rows / (lanes * ROWS_AT_ONCE * FEWEST_ROUNDS));
  return Math.max(1, Math.min(MOST_PIECES, most));
}
const FEWEST_ROUNDS = 4;
const MOST_PIECES = 128;

/** The sum of `parts` over the lanes of a workgroup, written where it belongs. */
function writeSums({ pieces }: ChannelSums, { vector, parts }: Vectors, layout: ReturnType<typeof layoutOf>) {
  const { chunks, columns, lanes } = layout;
  const threads = columns * lanes;
  return `for (var i = lane; i < ${2 * parts * columns}u; i += ${threads}u) {
    let column = i % ${columns}u;
    let part = i / ${columns}u;
    var sum = ${vector}();
    for (var other = 0u; other < ${lanes}u; other++) { sum += parts[part * ${threads}u + other * ${columns}u + column]; }
    let chunk = group.z * ${columns}u + column;
    let at = ((group.y * ${pieces}u + group.x) * 2u + part / ${parts}u) * ${chunks}u + chunk;
    if (chunk < ${chunks}u) { output[at * ${parts}u + part % ${parts}u] = sum; }
  }`;
}

/** Bindings: 0 output f32 [groups, pieces, 2, channels], 1 x, and for a gradient 2 dy, 3 mean f32 [groups, channels]. */
export function channelSumsShader(kernel: ChannelSums): string {
  const { rows, pieces, gradient } = kernel;
  const layout = layoutOf(kernel);
  const { width, chunks, columns, lanes } = layout;
  const x = vectorsOf(kernel.x, width);
  const dy = gradient && vectorsOf(gradient, width);
  const { vector, parts } = x;
  const threads = columns * lanes;
  const perPiece = Math.ceil(rows / pieces);
  const eachPart = (line: (part: number) => string) => lines(parts, line);
  const eachRow = (line: (row: number) => string) => lines(ROWS_AT_ONCE, line);
  // Behind the end, the reference is read again: it adds nothing.
  const read = (row: number) => `let isInside${row} = r + ${row * lanes}u < end;
    let at${row} = origin + select(0u, r + ${row * lanes}u, isInside${row}) * ${chunks}u;
    let x${row} = x[at${row}];
    ${dy ? `let dy${row} = select(${dy.element}(), dy[at${row}], isInside${row});` : ''}`;
  const add = (row: number, part: number) => {
    const offset = `${x.part(`x${row}`, part)} - reference${part}`;
    return dy
      ? `let gradient${row}_${part} = ${dy.part(`dy${row}`, part)};
    first${part} += gradient${row}_${part}; second${part} += gradient${row}_${part} * (${offset});`
      : `let offset${row}_${part} = ${offset};
    first${part} += offset${row}_${part}; second${part} += offset${row}_${part} * offset${row}_${part};`;
  };
  return `@group(0) @binding(0) var<storage, read_write> output: array<${vector}>;
@group(0) @binding(1) var<storage, read> x: array<${x.element}>;
${dy ? `@group(0) @binding(2) var<storage, read> dy: array<${dy.element}>;\n@group(0) @binding(3) var<storage, read> mean: array<${vector}>;` : ''}
var<workgroup> parts: array<${vector}, ${2 * parts * threads}>;
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let chunk = min(group.z * ${columns}u + lane % ${columns}u, ${chunks - 1}u);
  let row = lane / ${columns}u;
  let origin = group.y * ${rows * chunks}u + chunk;
  ${dy ? '' : 'let firstRow = x[origin];'}
  ${eachPart(
    (
      part,
    ) => `let reference${part} = ${dy ? `mean[(group.y * ${chunks}u + chunk) * ${parts}u + ${part}u]` : x.part('firstRow', part)};
  var first${part} = ${vector}();
  var second${part} = ${vector}();`,
  )}
  let end = min((group.x + 1u) * ${perPiece}u, ${rows}u);
  for (var r = group.x * ${perPiece}u + row; r < end; r += ${lanes * ROWS_AT_ONCE}u) {
    ${eachRow(read)}
    ${eachRow((row) => eachPart((part) => add(row, part)))}
  }
  ${eachPart((part) => `parts[${part * threads}u + lane] = first${part}; parts[${(parts + part) * threads}u + lane] = second${part};`)}
  workgroupBarrier();
  ${writeSums(kernel, x, layout)}
}
`;
}
