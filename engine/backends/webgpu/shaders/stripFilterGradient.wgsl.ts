import type { ConvolutionShape } from './convolutionShape';
import { MATRIX_HEADER, range, spikeVectors } from './matrixTile.wgsl';
import { FRAMES_AT_ONCE } from './patch';

/**
 * Filter gradient of a 3 x 3 convolution with stride 1 on subgroup matrices whose inner 16 places are 16 frames at one
 * pixel. A workgroup walks along a strip of image rows, one column of pixels per step: every step brings one column of
 * the input, and the two columns before it are still in registers, so all nine taps are products of matrices at hand.
 * The strips are cut into `pieces`, summed by another kernel: the output is [piece, tap, input channel, output
 * channel] in f32. Input channels are a multiple of 32, output channels of 64.
 */
export interface StripFilterGradient {
  readonly shape: ConvolutionShape;
  readonly input: 'f16' | 'bits';
  readonly pieces: number;
}

/** Image rows of a strip; channels of input and output per workgroup, and per subgroup. */
const ROWS = 2;
const INPUT_CHANNELS = 32;
const OUTPUT_CHANNELS = 64;
const SUBGROUP_INPUT = 16;
const SUBGROUP_OUTPUT = 32;
const THREADS = (INPUT_CHANNELS / SUBGROUP_INPUT) * (OUTPUT_CHANNELS / SUBGROUP_OUTPUT) * 32;
/** Input pixels of a column: the strip's rows and those above and below. */
const INPUT_ROWS = ROWS + 2;
/** Vectors of eight halves per frame in workgroup memory; odd, so that frames start in different banks. */
const INPUT_STRIDE = (INPUT_ROWS * INPUT_CHANNELS) / 8 + 1;
const GRADIENT_STRIDE = (ROWS * OUTPUT_CHANNELS) / 8 + 1;
const INPUT_BUFFER = FRAMES_AT_ONCE * INPUT_STRIDE;
const GRADIENT_BUFFER = FRAMES_AT_ONCE * GRADIENT_STRIDE;
/** Output channels of a subgroup in matrices. */
const COLUMNS = SUBGROUP_OUTPUT / 16;

/** Whether the kernel takes the channels of a convolution that fitsPatches. */
export function fitsStrips({ inputChannels, outputChannels }: ConvolutionShape): boolean {
  return inputChannels % INPUT_CHANNELS === 0 && outputChannels % OUTPUT_CHANNELS === 0;
}

/** Workgroups per piece: x and y. */
export function stripTiles({ inputChannels, outputChannels }: ConvolutionShape): [number, number] {
  return [outputChannels / OUTPUT_CHANNELS, inputChannels / INPUT_CHANNELS];
}

const lines = (count: number, line: (index: number) => string) => range(count).map(line).join('\n');

/** Strips down a frame and in all. */
function stripCounts({ outputHeight, frames }: ConvolutionShape) {
  const down = Math.ceil(outputHeight / ROWS);
  return { down, strips: down * Math.ceil(frames / FRAMES_AT_ONCE) };
}

/** Reads of one column of the input: the vector of eight halves or the 16 spikes of a read are its `part`. */
function inputLoader({ shape, input }: StripFilterGradient) {
  const { height, width, inputChannels, frames } = shape;
  const channels = input === 'bits' ? 16 : 8;
  const parts = INPUT_CHANNELS / channels;
  const perElement = input === 'bits' ? 32 : 8;
  const rowLength = (width * inputChannels) / perElement;
  const count = (FRAMES_AT_ONCE * INPUT_ROWS * parts) / THREADS;
  const zero = input === 'bits' ? '0u' : 'vec4<u32>()';
  const read = (index: number) => `(lane + ${index * THREADS}u)`;
  return {
    declarations: lines(
      count,
      (index) => `let inputRow${index} = i32(${read(index)} / ${parts}u % ${INPUT_ROWS}u) - 1;
  let inputFrame${index} = i32(${read(index)} / ${parts * INPUT_ROWS}u);
  let inputPlace${index} = (inputFrame${index} * ${height} + inputRow${index}) * ${rowLength} + i32((firstInput + ${read(index)} % ${parts}u * ${channels}u) / ${perElement}u);
  var a${index} = ${zero};`,
    ),
    read: `let inputStart = (firstFrame * ${height} + firstY) * ${rowLength} + column * ${inputChannels / perElement};
      let isColumn = column >= 0 && column < ${width};
      ${lines(count, (index) => {
        const element = `input[select(0, inputStart + inputPlace${index}, isInside)]`;
        const shift = input === 'bits' ? ` >> (${read(index)} % 2u * 16u)` : '';
        return `{
        let y = firstY + inputRow${index};
        let isInside = isColumn && y >= 0 && y < ${height} && firstFrame + inputFrame${index} < ${frames};
        a${index} = select(${zero}, ${element}${shift}, isInside);
      }`;
      })}`,
    store: lines(count, (index) => {
      const vectors = input === 'bits' ? spikeVectors(`a${index}`).slice(0, 2) : [`a${index}`];
      const to = `nextBuffer * ${INPUT_BUFFER}u + ${read(index)} / ${INPUT_ROWS * parts}u * ${INPUT_STRIDE}u + ${read(index)} % ${INPUT_ROWS * parts}u * ${channels / 8}u`;
      return vectors.map((vector, part) => `inputTile[${to} + ${part}u] = ${vector};`).join(' ');
    }),
  };
}

/** Reads of one column of output gradients, that of the pixels in the middle of three input columns. */
function gradientLoader({ shape }: StripFilterGradient) {
  const { outputHeight, outputWidth, outputChannels, frames } = shape;
  const parts = OUTPUT_CHANNELS / 8;
  const rowLength = (outputWidth * outputChannels) / 8;
  const count = (FRAMES_AT_ONCE * ROWS * parts) / THREADS;
  const read = (index: number) => `(lane + ${index * THREADS}u)`;
  return {
    declarations: lines(
      count,
      (index) => `let gradientRow${index} = i32(${read(index)} / ${parts}u % ${ROWS}u);
  let gradientFrame${index} = i32(${read(index)} / ${parts * ROWS}u);
  let gradientPlace${index} = (gradientFrame${index} * ${outputHeight} + gradientRow${index}) * ${rowLength} + i32(firstOutput / 8u + ${read(index)} % ${parts}u);
  var b${index} = vec4<u32>();`,
    ),
    read: `let gradientStart = (firstFrame * ${outputHeight} + firstY) * ${rowLength} + (column - 1) * ${outputChannels / 8};
      ${lines(
        count,
        (index) => `{
        let isInside = column >= 1 && firstY + gradientRow${index} < ${outputHeight} && firstFrame + gradientFrame${index} < ${frames};
        b${index} = select(vec4<u32>(), gradient[select(0, gradientStart + gradientPlace${index}, isInside)], isInside);
      }`,
      )}`,
    store: lines(count, (index) => {
      const to = `nextBuffer * ${GRADIENT_BUFFER}u + ${read(index)} / ${ROWS * parts}u * ${GRADIENT_STRIDE}u + ${read(index)} % ${ROWS * parts}u`;
      return `gradientTile[${to}] = b${index};`;
    }),
  };
}

/**
 * One step with the newest input column in ring place `newest` of three: `l{place}_{row}` are input matrices,
 * `r{row}_{column}` gradients, `d{tap}_{column}` sums. The first two columns of a strip complete no pixel.
 */
function step(kernel: StripFilterGradient, newest: number): string {
  const { outputWidth } = kernel.shape;
  const { down } = stripCounts(kernel.shape);
  const [input, gradient] = [inputLoader(kernel), gradientLoader(kernel)];
  const perStrip = outputWidth + 2;
  const place = (tapX: number) => (newest + tapX + 1) % 3;
  const multiply = lines(3, (tapX) =>
    lines(ROWS, (y) =>
      lines(3, (tapY) =>
        lines(COLUMNS, (column) => {
          const sum = `d${tapY * 3 + tapX}_${column}`;
          return `${sum} = subgroupMatrixMultiplyAccumulate(l${place(tapX)}_${y + tapY}, r${y}_${column}, ${sum});`;
        }),
      ),
    ),
  );
  return `{
      let present = first + ${newest}u;
      {
        let next = min(present + 1u, steps - 1u);
        let strip = firstStrip + next / ${perStrip}u;
        let column = i32(next % ${perStrip}u) - 1;
        let firstY = i32(strip % ${down}u) * ${ROWS};
        let firstFrame = i32(strip / ${down}u) * ${FRAMES_AT_ONCE};
        ${input.read}
        ${gradient.read}
      }
      let inputFrom = present % 2u * ${INPUT_BUFFER}u + subgroupInput / 8u;
      let gradientFrom = present % 2u * ${GRADIENT_BUFFER}u + subgroupOutput / 8u;
      ${lines(
        INPUT_ROWS,
        (row) =>
          `l${newest}_${row} = subgroupMatrixLoad<Left, col_major>(&inputTile, inputFrom + ${(row * INPUT_CHANNELS) / 8}u, ${INPUT_STRIDE}u);`,
      )}
      if (present % ${perStrip}u >= 2u && present < steps) {
        ${lines(ROWS, (row) =>
          lines(
            COLUMNS,
            (column) =>
              `let r${row}_${column} = subgroupMatrixLoad<Right, row_major>(&gradientTile, gradientFrom + ${(row * OUTPUT_CHANNELS) / 8 + column * 2}u, ${GRADIENT_STRIDE}u);`,
          ),
        )}
        ${multiply}
      }
      let nextBuffer = (present + 1u) % 2u;
      ${input.store}
      ${gradient.store}
      workgroupBarrier();
    }`;
}

/** Bindings: 0 input, 1 output gradient, 2 output. Workgroups: x and y {@link stripTiles}, z pieces. */
export function stripFilterGradientShader(kernel: StripFilterGradient): string {
  const { shape, input, pieces } = kernel;
  const { inputChannels, outputChannels, outputWidth } = shape;
  const { strips, down } = stripCounts(shape);
  const perPiece = Math.ceil(strips / pieces);
  const [inputReads, gradientReads] = [inputLoader(kernel), gradientLoader(kernel)];
  const across = OUTPUT_CHANNELS / SUBGROUP_OUTPUT;
  const forSums = (line: (tap: number, column: number) => string) =>
    lines(9, (tap) => lines(COLUMNS, (column) => line(tap, column)));
  return `${MATRIX_HEADER}
@group(0) @binding(0) var<storage, read> input: array<${input === 'bits' ? 'u32' : 'vec4<u32>'}>;
@group(0) @binding(1) var<storage, read> gradient: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;
var<workgroup> inputTile: array<vec4<u32>, ${2 * INPUT_BUFFER}>;
var<workgroup> gradientTile: array<vec4<u32>, ${2 * GRADIENT_BUFFER}>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let subgroup = lane / 32u;
  let subgroupOutput = subgroup % ${across}u * ${SUBGROUP_OUTPUT}u;
  let subgroupInput = subgroup / ${across}u * ${SUBGROUP_INPUT}u;
  let firstOutput = group.x * ${OUTPUT_CHANNELS}u;
  let firstInput = group.y * ${INPUT_CHANNELS}u;
  let firstStrip = min(group.z * ${perPiece}u, ${strips}u);
  let steps = (min(firstStrip + ${perPiece}u, ${strips}u) - firstStrip) * ${outputWidth + 2}u;
  ${inputReads.declarations}
  ${gradientReads.declarations}
  ${lines(3, (place) => lines(INPUT_ROWS, (row) => `var l${place}_${row}: Left;`))}
  ${forSums((tap, column) => `var d${tap}_${column}: Result;`)}
  if (steps > 0u) {
    let column = -1;
    let firstY = i32(firstStrip % ${down}u) * ${ROWS};
    let firstFrame = i32(firstStrip / ${down}u) * ${FRAMES_AT_ONCE};
    ${inputReads.read}
    ${gradientReads.read}
    let nextBuffer = 0u;
    ${inputReads.store}
    ${gradientReads.store}
  }
  workgroupBarrier();
  for (var first = 0u; first < steps; first += 3u) {
    ${lines(3, (newest) => step(kernel, newest))}
  }
  let place = (group.z * ${9 * inputChannels}u + firstInput + subgroupInput) * ${outputChannels}u + firstOutput + subgroupOutput;
  ${forSums(
    (tap, column) =>
      `subgroupMatrixStore<row_major>(&output, place + ${tap * inputChannels * outputChannels + column * 16}u, d${tap}_${column}, ${outputChannels}u);`,
  )}
}
`;
}
