/** WGSL pieces of the kernels that multiply on subgroup matrices (f16 in, f32 accumulated). */

/** How a workgroup cuts a matrix product. Every subgroup of 32 computes a part of `subgroupRows` x `subgroupColumns`. */
export interface MatrixTile {
  /** Rows and columns of the result per workgroup, and inner length per round; multiples of 16. */
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  readonly subgroupRows: number;
  readonly subgroupColumns: number;
  /** Rounds kept in workgroup memory: with 2, one is filled while the other is multiplied. */
  readonly buffers: 1 | 2;
}

export const MATRIX_HEADER = `enable f16;
enable subgroups;
enable chromium_experimental_subgroup_matrix;
diagnostic(off, chromium.subgroup_matrix_uniformity);
diagnostic(off, subgroup_uniformity);
alias Left = subgroup_matrix_left<f16, 16, 16>;
alias Right = subgroup_matrix_right<f16, 16, 16>;
alias Result = subgroup_matrix_result<f32, 16, 16>;
`;

/**
 * Tiles in workgroup memory are arrays of vectors of eight halves; strides and offsets count vectors. One vector is
 * added to every row, so that the rows of a 16 x 16 part start in different banks.
 */
export function vectorStride(halves: number): number {
  return halves / 8 + 1;
}

export const range = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Lines for every pair of a row part and a column part of a subgroup's tile. */
export function forParts(tile: MatrixTile, line: (row: number, column: number) => string): string {
  const rows = range(tile.subgroupRows / 16);
  const columns = range(tile.subgroupColumns / 16);
  return rows.flatMap((row) => columns.map((column) => line(row, column))).join('\n');
}

export function threadsOf(tile: MatrixTile): number {
  return ((tile.rows * tile.columns) / (tile.subgroupRows * tile.subgroupColumns)) * 32;
}

/** Where the invocation's subgroup lies in the workgroup's tile: `subgroupRow`, `subgroupColumn`. */
export function subgroupPlace(tile: MatrixTile): string {
  const across = tile.columns / tile.subgroupColumns;
  return `let subgroup = lane / 32u;
  let subgroupRow = (subgroup / ${across}u) * ${tile.subgroupRows}u;
  let subgroupColumn = (subgroup % ${across}u) * ${tile.subgroupColumns}u;`;
}

/** Two spikes as a word of two halves: 0x3c00 is 1.0. `bits` is an expression, `pair` 0 to 15. */
function spikePair(bits: string, pair: number): string {
  return `((extractBits(${bits}, ${2 * pair}u, 2u) * 0x8001u) & 0x10001u) * 0x3c00u`;
}

/** The rounds of a product: reads of the next round are under way while the present one is multiplied. */
export function pipelined(
  tile: MatrixTile,
  rounds: string,
  { place, read, store, multiply }: { place: string; read: string; store: string; multiply: string },
): string {
  // The last round is read again in its place: a branch would make the reads wait at its end.
  const next = `let round = min(current + 1u, ${rounds} - 1u);
    ${place}
    ${read}`;
  const first = `{
    let round = 0u;
    let buffer = 0u;
    ${place}
    ${read}
    ${store}
  }
  workgroupBarrier();`;
  const body =
    tile.buffers === 2
      ? `{
      let buffer = current % 2u;
      ${multiply}
    }
    {
      let buffer = (current + 1u) % 2u;
      ${store}
    }
    workgroupBarrier();`
      : `{
      let buffer = 0u;
      ${multiply}
      workgroupBarrier();
      ${store}
      workgroupBarrier();
    }`;
  return `${first}
  for (var current = 0u; current < ${rounds}; current++) {
    ${next}
    ${body}
  }`;
}

/** The 32 spikes of a word as four vectors of eight halves. */
export function spikeVectors(bits: string): string[] {
  return range(4).map(
    (part) =>
      `vec4<u32>(${range(4)
        .map((pair) => spikePair(bits, 4 * part + pair))
        .join(', ')})`,
  );
}
