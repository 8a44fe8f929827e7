import type { ConvolutionShape } from './convolutionShape';
import { MATRIX_HEADER, range, spikeVectors, vectorStride } from './matrixTile.wgsl';
import { FRAMES_AT_ONCE, INNER, type Patch, patchCounts, patchThreads } from './patch';
import { type HalvesKind, packedHalves } from './values.wgsl';

/**
 * 3 x 3 convolution with stride 1 on subgroup matrices whose 16 rows are 16 frames at one pixel. A tap is then another
 * matrix, not another set of rows: every input matrix that a subgroup loads serves all taps and all its output pixels
 * beside it. Input as halves or bits, filter as halves [tap, input channel, output channel], output as halves.
 * Input channels are a multiple of 32, output channels of `patch.columns`.
 */
export interface PatchConvolution {
  readonly shape: ConvolutionShape;
  readonly input: 'f16' | 'bits';
  readonly patch: Patch;
  /** What is written: halves of a kind, or f32 from a filter that is split into halves (splitHalves.wgsl.ts). */
  readonly output: HalvesKind | 'split';
  /** Whether the input is split, too: else halves, or spikes, are its values. */
  readonly isSplitInput?: boolean;
}

/**
 * Planes of the input (0: high halves, 1: low ones) in the terms of a product, each over all input channels. The
 * filter's are low, high, high: small products come first, as matrix units cut their sums off.
 */
function inputPlanes({ output, isSplitInput }: PatchConvolution): number[] {
  if (output !== 'split') {
    return [0];
  }
  return isSplitInput ? [0, 1, 0] : [0, 0];
}

/** Terms of a product whose filter is split. */
export const splitTerms = (isSplitInput: boolean) => (isSplitInput ? 3 : 2);

/** Vectors of eight halves per pixel and round. */
const VECTORS = INNER / 8;

interface Sizes {
  readonly threads: number;
  /** Pixels from one row to the next and in all of a patch with its surroundings. */
  readonly rowLength: number;
  readonly pixels: number;
  /** Vectors from one frame to the next in `inputTile`; odd, so that frames start in different banks. */
  readonly frameStride: number;
  /** Vectors of a row and of a buffer of `filterTile`. */
  readonly filterStride: number;
  readonly filterBuffer: number;
  readonly rounds: number;
}

function sizesOf(kernel: PatchConvolution): Sizes {
  const { shape, patch } = kernel;
  const rowLength = patch.width + 2;
  const pixels = (patch.height + 2) * rowLength;
  const filterStride = vectorStride(patch.columns);
  return {
    threads: patchThreads(patch),
    ...{ rowLength, pixels, frameStride: pixels * VECTORS + 1 },
    ...{ filterStride, filterBuffer: 3 * INNER * filterStride },
    rounds: (shape.inputChannels / INNER) * inputPlanes(kernel).length,
  };
}

const lines = (count: number, line: (index: number) => string) => range(count).map(line).join('\n');

/** `statement` of a read that only the first invocations do in the last turn. */
const guarded = (index: number, { threads }: Sizes, reads: number, statement: string) =>
  (index + 1) * threads > reads ? `if (lane < ${reads - index * threads}u) { ${statement} }` : statement;

/** Reads of the input's patch: a vector of eight halves, or the 16 spikes of a pixel. */
function inputLoader(kernel: PatchConvolution, sizes: Sizes) {
  const { shape, input } = kernel;
  const { threads, rowLength, pixels, frameStride } = sizes;
  const { frames, height, width, inputChannels } = shape;
  const planes = inputPlanes(kernel);
  const storedChannels = inputChannels * (Math.max(...planes) + 1);
  const perPixel = input === 'bits' ? 1 : VECTORS;
  const perElement = input === 'bits' ? 32 : 8;
  const reads = FRAMES_AT_ONCE * pixels * perPixel;
  const count = Math.ceil(reads / threads);
  const zero = input === 'bits' ? '0u' : 'vec4<u32>()';
  const places = lines(
    count,
    (index) => `var place${index} = -1;
  {
    let read = lane + ${index * threads}u;
    let inPatch = read / ${perPixel}u % ${pixels}u;
    let frame = firstFrame + read / ${perPixel * pixels}u;
    let y = i32(firstY + inPatch / ${rowLength}u) - 1;
    let x = i32(firstX + inPatch % ${rowLength}u) - 1;
    let isInside = y >= 0 && y < ${height} && x >= 0 && x < ${width};
    if (isInside && frame < ${frames}u && read < ${reads}u) {
      place${index} = ((i32(frame) * ${height} + y) * ${width} + x) * ${storedChannels / perElement} + i32(read % ${perPixel}u);
    }
  }
  var a${index} = ${zero};`,
  );
  const perTerm = inputChannels / INNER;
  const blockOf = (round: string) => (planes.length === 1 ? `(${round})` : `((${round}) % ${perTerm}u)`);
  const planeOf = (round: string) =>
    planes.includes(1)
      ? ` + select(0u, ${inputChannels / 8}u, (${round}) / ${perTerm}u == ${planes.indexOf(1)}u)`
      : '';
  const element = (index: number, round: string) =>
    input === 'bits'
      ? `input[u32(max(place${index}, 0)) + ${blockOf(round)} / 2u] >> (${blockOf(round)} % 2u * 16u)`
      : `input[u32(max(place${index}, 0)) + ${blockOf(round)} * ${VECTORS}u${planeOf(round)}]`;
  const store = lines(count, (index) => {
    const to = `(lane + ${index * threads}u) / ${perPixel * pixels}u * ${frameStride}u + (lane + ${index * threads}u) % ${perPixel * pixels}u * ${VECTORS / perPixel}u`;
    const vectors = input === 'bits' ? spikeVectors(`a${index}`).slice(0, VECTORS) : [`a${index}`];
    const stores = vectors.map((vector, part) => `inputTile[${to} + ${part}u] = ${vector};`).join(' ');
    return guarded(index, sizes, reads, stores);
  });
  return {
    places,
    read: (round: string) =>
      lines(count, (index) => `a${index} = select(${zero}, ${element(index, round)}, place${index} >= 0);`),
    store,
  };
}

/** Reads of one row of taps of the filter: 3 x INNER rows of `patch.columns` halves, kept in two buffers. */
function filterLoader({ shape, patch }: PatchConvolution, sizes: Sizes) {
  const { threads, filterStride, filterBuffer } = sizes;
  const perRow = patch.columns / 8;
  const reads = 3 * INNER * perRow;
  const count = Math.ceil(reads / threads);
  const read = (index: number) => `(lane + ${index * threads}u)`;
  return {
    declarations: lines(count, (index) => `var b${index} = vec4<u32>();`),
    read: (firstTap: number, round: string) =>
      lines(count, (index) => {
        const row = `(${firstTap}u + ${read(index)} / ${INNER * perRow}u) * ${sizes.rounds * INNER}u + (${round}) * ${INNER}u + ${read(index)} / ${perRow}u % ${INNER}u`;
        return `b${index} = weights[((${row}) * ${shape.outputChannels}u + firstColumn) / 8u + ${read(index)} % ${perRow}u];`;
      }),
    store: (buffer: string) =>
      lines(count, (index) => {
        const to = `(${buffer}) * ${filterBuffer}u + ${read(index)} / ${perRow}u * ${filterStride}u + ${read(index)} % ${perRow}u`;
        return guarded(index, sizes, reads, `filterTile[${to}] = b${index};`);
      }),
  };
}

/** Matrices of a subgroup: `l{row}_{x}` of the input, `r{tap}_{column}` of a row of taps, `d{y}_{x}_{column}`. */
function matrices(
  { patch }: PatchConvolution,
  { rowLength, frameStride, filterStride, filterBuffer }: Sizes,
) {
  const { subgroupHeight, subgroupWidth, subgroupColumns } = patch;
  const columns = subgroupColumns / 16;
  const forColumns = (line: (column: number) => string) => lines(columns, line);
  const taps = range(3);
  return {
    declarations: lines(3, (tap) => forColumns((column) => `var r${tap}_${column}: Right;`)),
    accumulators: lines(subgroupHeight, (y) =>
      lines(subgroupWidth, (x) => forColumns((column) => `var d${y}_${x}_${column}: Result;`)),
    ),
    loadFilter: (buffer: string) =>
      lines(3, (tap) =>
        forColumns(
          (column) =>
            `r${tap}_${column} = subgroupMatrixLoad<Right, row_major>(&filterTile, (${buffer}) * ${filterBuffer}u + ${tap * INNER * filterStride + 2 * column}u + subgroupColumn / 8u, ${filterStride}u);`,
        ),
      ),
    loadRow: (row: number) =>
      lines(
        subgroupWidth + 2,
        (x) =>
          `let l${row}_${x} = subgroupMatrixLoad<Left, row_major>(&inputTile, firstInput + ${(row * rowLength + x) * VECTORS}u, ${frameStride}u);`,
      ),
    /** The taps of row `tapRow` for all pixels of the subgroup, one input matrix after the other. */
    multiply: (tapRow: number) =>
      lines(subgroupHeight, (y) =>
        lines(subgroupWidth + 2, (x) =>
          taps
            .filter((tap) => x >= tap && x - tap < subgroupWidth)
            .map((tap) =>
              forColumns((column) => {
                const sum = `d${y}_${x - tap}_${column}`;
                return `${sum} = subgroupMatrixMultiplyAccumulate(l${y + tapRow}_${x}, r${tap}_${column}, ${sum});`;
              }),
            )
            .join('\n'),
        ),
      ),
  };
}

/** WGSL that writes eight neighbouring sums, the words `low` and `high`, to channel `at`. */
function writeSums(kernel: PatchConvolution): string {
  const { isSplitInput, output: kind } = kernel;
  if (kind === 'split') {
    const scales = ['filterScale[1]', ...(isSplitInput ? ['inputScale[1]'] : [])].join(' * ');
    const floats = (vector: string) => `bitcast<vec4<u32>>(bitcast<vec4<f32>>(${vector}) * ${scales})`;
    return `output[at / 4u] = ${floats('low')}; output[at / 4u + 1u] = ${floats('high')};`;
  }
  const pair = (vector: string, first: string, second: string) =>
    packedHalves(`vec2<f32>(bitcast<f32>(${vector}.${first}), bitcast<f32>(${vector}.${second}))`, kind);
  return `output[at / 8u] = vec4<u32>(
        ${pair('low', 'x', 'y')}, ${pair('low', 'z', 'w')}, ${pair('high', 'x', 'y')}, ${pair('high', 'z', 'w')});`;
}

/** Writes the accumulators, 16 frames x 32 channels of every subgroup at a time, by way of the input's tile. */
function writeResult(kernel: PatchConvolution): string {
  const { shape, patch } = kernel;
  const { frames, outputHeight, outputWidth, outputChannels } = shape;
  const write = (y: number, x: number, part: number) => `
  workgroupBarrier();
  subgroupMatrixStore<row_major>(&inputTile, subgroup * 128u, d${y}_${x}_${2 * part}, 8u);
  subgroupMatrixStore<row_major>(&inputTile, subgroup * 128u + 4u, d${y}_${x}_${2 * part + 1}, 8u);
  workgroupBarrier();
  for (var k = 0u; k < 2u; k++) {
    let place = k * 32u + lane % 32u;
    let low = inputTile[subgroup * 128u + place * 2u];
    let high = inputTile[subgroup * 128u + place * 2u + 1u];
    let frame = firstFrame + place / 4u;
    let y = firstY + subgroupY + ${y}u;
    let x = firstX + subgroupX + ${x}u;
    if (frame < ${frames}u && y < ${outputHeight}u && x < ${outputWidth}u) {
      let pixel = (frame * ${outputHeight}u + y) * ${outputWidth}u + x;
      let at = pixel * ${outputChannels}u + firstColumn + subgroupColumn + ${part * 32}u + place % 4u * 8u;
      ${writeSums(kernel)}
    }
  }`;
  return lines(patch.subgroupHeight, (y) =>
    lines(patch.subgroupWidth, (x) => lines(patch.subgroupColumns / 32, (part) => write(y, x, part))),
  );
}

/**
 * The rounds over input channels, in three steps of one row of taps each. A step multiplies matrices that were loaded
 * before the barrier, loads the next ones behind its products, and stores what the step after the next one needs: no
 * step begins with waiting for workgroup memory but for the first rows of a round.
 */
function rounds(kernel: PatchConvolution, sizes: Sizes): string {
  const [input, filter, matrix] = [
    inputLoader(kernel, sizes),
    filterLoader(kernel, sizes),
    matrices(kernel, sizes),
  ];
  const { subgroupHeight } = kernel.patch;
  return `${input.places}
  ${filter.declarations}
  ${matrix.declarations}
  ${matrix.accumulators}
  ${input.read('0u')}
  ${filter.read(0, '0u')}
  ${filter.store('0u')}
  ${filter.read(3, '0u')}
  ${filter.store('1u')}
  ${input.store}
  workgroupBarrier();
  ${matrix.loadFilter('0u')}
  workgroupBarrier();
  for (var round = 0u; round < ${sizes.rounds}u; round++) {
    let next = min(round + 1u, ${sizes.rounds - 1}u);
    let buffer = round % 2u;
    ${input.read('next')}
    ${filter.read(6, 'round')}
    ${lines(subgroupHeight, matrix.loadRow)}
    ${matrix.multiply(0)}
    ${matrix.loadRow(subgroupHeight)}
    ${matrix.loadFilter('1u - buffer')}
    ${filter.store('buffer')}
    workgroupBarrier();
    ${filter.read(0, 'next')}
    ${matrix.multiply(1)}
    ${matrix.loadRow(subgroupHeight + 1)}
    ${matrix.loadFilter('buffer')}
    ${filter.store('1u - buffer')}
    workgroupBarrier();
    ${filter.read(3, 'next')}
    ${matrix.multiply(2)}
    ${matrix.loadFilter('1u - buffer')}
    ${filter.store('buffer')}
    ${input.store}
    workgroupBarrier();
  }`;
}

/** Bindings: 0 input, 1 filter, 2 output; of a split filter 3 its scale, of a split input 4 its. Workgroups: patchGroups. */
export function patchConvolutionShader(kernel: PatchConvolution): string {
  const { shape, input, patch, output, isSplitInput } = kernel;
  const sizes = sizesOf(kernel);
  const { across, down } = patchCounts(shape, patch);
  const columnParts = patch.columns / patch.subgroupColumns;
  const partsAcross = patch.width / patch.subgroupWidth;
  // The result passes through the input's tile: 128 vectors per subgroup.
  const inputVectors = Math.max(FRAMES_AT_ONCE * sizes.frameStride, sizes.threads * 4);
  return `${MATRIX_HEADER}
@group(0) @binding(0) var<storage, read> input: array<${input === 'bits' ? 'u32' : 'vec4<u32>'}>;
@group(0) @binding(1) var<storage, read> weights: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> output: array<vec4<u32>>;
${output === 'split' ? '@group(0) @binding(3) var<storage, read> filterScale: array<f32>;' : ''}
${isSplitInput ? '@group(0) @binding(4) var<storage, read> inputScale: array<f32>;' : ''}
var<workgroup> inputTile: array<vec4<u32>, ${inputVectors}>;
var<workgroup> filterTile: array<vec4<u32>, ${2 * sizes.filterBuffer}>;
@compute @workgroup_size(${sizes.threads})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let subgroup = lane / 32u;
  let subgroupColumn = subgroup % ${columnParts}u * ${patch.subgroupColumns}u;
  let subgroupX = subgroup / ${columnParts}u % ${partsAcross}u * ${patch.subgroupWidth}u;
  let subgroupY = subgroup / ${columnParts * partsAcross}u * ${patch.subgroupHeight}u;
  let firstInput = (subgroupY * ${sizes.rowLength}u + subgroupX) * ${VECTORS}u;
  let place = group.z * 32768u + group.y;
  let firstX = place % ${across}u * ${patch.width}u;
  let firstY = place / ${across}u % ${down}u * ${patch.height}u;
  let firstFrame = place / ${across * down}u * ${FRAMES_AT_ONCE}u;
  let firstColumn = group.x * ${patch.columns}u;
  ${rounds(kernel, sizes)}
  ${writeResult(kernel)}
}
`;
}
