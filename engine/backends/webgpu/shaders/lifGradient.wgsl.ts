import { GRADIENT_TABLE, NORM, readableCoefficients, takeNorm } from './coefficients.wgsl';
import type { LifInput, LifShape } from './lif.wgsl';
import { range } from './matrixTile.wgsl';
import { float, type Neuron, overTau, surrogateFunction } from './neuron.wgsl';
import { type FloatFormat, type Vectors, vectorsOf, type Width, widthFor } from './vectors.wgsl';

/**
 * Backpropagation through all time steps of a LIF; the spike is detached inside the reset. Behind a BatchNorm it runs
 * twice: for the sums that BatchNorm's gradient needs, and on through that gradient. To compute it twice takes less time
 * than to keep it in memory in between.
 */

/** Where the gradient of the spikes comes from: its own values, or an average pool's gradient spread over windows. */
export interface SpikeGradient {
  readonly format: FloatFormat;
  readonly spread?: {
    readonly window: number;
    readonly height: number;
    readonly width: number;
    readonly pooledHeight: number;
    readonly pooledWidth: number;
  };
}

/** What the gradient of a LIF is made from. */
export interface LifGradient {
  readonly shape: LifShape;
  readonly input: LifInput;
  readonly neuron: Neuron;
  readonly spikes: SpikeGradient;
  /** Whether there is a gradient of the membrane potential (f32). */
  readonly membrane: boolean;
}

/** How a gradient is written. */
export interface GradientOutput {
  readonly format: FloatFormat;
  /** On through the BatchNorm before the LIF, by its table (batchNorm.wgsl.ts). */
  readonly throughNorm: boolean;
  /** Over x, which has the same format. */
  readonly inPlace: boolean;
}

const THREADS = 128;
/** Above this, loops over time steps stay loops: unrolled, they would not fit into registers anyway. */
const MOST_UNROLLED_STEPS = 24;
/** Workgroups of a stream that keep a large GPU busy, and the fewest rows that are worth one. */
const SUM_PIECES = 264;
const GRADIENT_PIECES = 528;
const FEWEST_ROWS = 8;

/**
 * How a workgroup lies over its piece of a slice's rows: `lanes` rows of `columns` elements, out of `chunks` per row and
 * `size` per slice.
 */
interface Layout {
  readonly x: Vectors;
  readonly ds: Vectors;
  readonly chunks: number;
  readonly size: number;
  /** Elements of the spikes' gradient per slice. */
  readonly dsSize: number;
  readonly columns: number;
  readonly lanes: number;
  readonly pieces: number;
}

function layoutOf({ shape, input, spikes }: LifGradient, mostWidth: Width, mostPieces: number): Layout {
  const { rows, channels } = shape;
  const { format, spread } = spikes;
  const width = widthFor(channels, ['f32'], mostWidth);
  const chunks = channels / width;
  const images = spread ? rows / (spread.height * spread.width) : 0;
  const columns = Math.min(chunks, THREADS);
  return {
    x: vectorsOf(input.format, width),
    ds: vectorsOf(format, width),
    chunks,
    size: rows * chunks,
    dsSize: spread ? images * spread.pooledHeight * spread.pooledWidth * chunks : rows * chunks,
    columns,
    lanes: Math.floor(THREADS / columns),
    pieces: Math.max(1, Math.min(mostPieces, Math.floor(rows / FEWEST_ROWS))),
  };
}

/** The sums of all steps take many registers: two channels per invocation; else four. */
const sumsLayout = (kernel: LifGradient) => layoutOf(kernel, 2, SUM_PIECES);
const gradientLayout = (kernel: LifGradient) => layoutOf(kernel, 4, GRADIENT_PIECES);

/** Into how many pieces {@link lifGradientSumsShader} cuts a slice's rows. */
export const lifGradientPieces = (kernel: LifGradient) => sumsLayout(kernel).pieces;

/** Workgroups: x pieces, y streams, z blocks of channels. */
const groupsOf = ({ shape }: LifGradient, { pieces, chunks, columns }: Layout) =>
  [pieces, shape.streams, Math.ceil(chunks / columns)] as [number, number, number];

/** Workgroups of {@link lifGradientShader}. */
export const lifGradientGroups = (kernel: LifGradient) => groupsOf(kernel, gradientLayout(kernel));
/** Workgroups of {@link lifGradientSumsShader}. */
export const lifGradientSumsGroups = (kernel: LifGradient) => groupsOf(kernel, sumsLayout(kernel));

/** Lines for all time steps, `slice` being the slice of step t: one after the other, or a loop where they are many. */
function forSteps(steps: number, body: (t: string) => string, isBackwards = false): string {
  const slice = (t: string) => `let slice = stream * ${steps}u + ${t};`;
  if (steps > MOST_UNROLLED_STEPS) {
    return `for (var index = 0u; index < ${steps}u; index++) {
      let t = ${isBackwards ? `${steps - 1}u - index` : 'index'};
      ${slice('t')} ${body('t')}
    }`;
  }
  const order = isBackwards ? range(steps).reverse() : range(steps);
  return order.map((t) => `{ ${slice(`${t}u`)} ${body(`${t}u`)} }`).join('\n');
}

/** Where the gradient of the spikes of a row lies in a slice, `dsAt`, and whether the row has a part of it, `isPooled`. */
function spikeGradientPlace({ spikes: { spread } }: LifGradient, { chunks }: Layout, row: string): string {
  if (!spread) {
    return `let isPooled = true; let dsAt = ${row} * ${chunks}u + chunk;`;
  }
  const { window, height, width, pooledHeight, pooledWidth } = spread;
  const isWhole = pooledHeight * window === height && pooledWidth * window === width;
  return `let pooledY = ${row} % ${height * width}u / ${width}u / ${window}u;
    let pooledX = ${row} % ${width}u / ${window}u;
    let isPooled = ${isWhole ? 'true' : `pooledY < ${pooledHeight}u && pooledX < ${pooledWidth}u`};
    let pooledRow = (${row} / ${height * width}u * ${pooledHeight}u + pooledY) * ${pooledWidth}u + pooledX;
    let dsAt = select(0u, pooledRow * ${chunks}u, isPooled) + chunk;`;
}

/** Reads x and the gradient of the spikes of a row at all steps, to be used in the next round. */
function readAhead(kernel: LifGradient, layout: Layout, xName: string, row: string): string {
  return `{
      ${spikeGradientPlace(kernel, layout, row)}
      let xAt = ${row} * ${layout.chunks}u + chunk;
      ${forSteps(
        kernel.shape.steps,
        (t) => `nextX[${t}] = ${xName}[slice][xAt];
      nextDs[${t}] = select(${layout.ds.element}(), ds[slice][dsAt], isPooled);`,
      )}
    }`;
}

/** Goes through the potentials of a row forwards, then through the gradients backwards; `use` takes `dx` of a step. */
function backpropagate(kernel: LifGradient, layout: Layout, use: (t: string) => string): string {
  const { shape, input, neuron, membrane, spikes } = kernel;
  const { x, ds } = layout;
  const { vector } = x;
  const threshold = `${vector}(${float(neuron.threshold)})`;
  const read = (t: string) => x.part(`xs[${t}]`, 0);
  const share = spikes.spread ? ` * ${float(1 / spikes.spread.window ** 2)}` : '';
  return `var v = ${vector}();
    ${forSteps(
      shape.steps,
      (t) => `${input.normalised ? takeNorm('slice', 'chunk') : ''}
      let input = ${input.normalised ? `(${read(t)} - mean) * scale + shift` : read(t)};
      let u = v + ${overTau('(input - v)', neuron)};
      potential[${t}] = u;
      v = select(u, ${vector}(), u > ${threshold});`,
    )}
    var dx = ${vector}();
    ${forSteps(
      shape.steps,
      (t) => `let u = potential[${t}];
      let dv = dx * ${float(neuron.tau - 1)}${membrane ? ' + dMembrane[slice][at]' : ''};
      let dSpikes = ${ds.part(`dss[${t}]`, 0)}${share};
      let du = select(dv, ${vector}(), u > ${threshold}) + dSpikes * surrogate(u - ${threshold});
      dx = ${overTau('du', neuron)};
      ${use(t)}`,
      true,
    )}`;
}

/** x less its mean at a step of {@link backpropagate}. */
const centred = ({ x }: Layout, t: string) => `(${x.part(`xs[${t}]`, 0)} - coefficients[slice][0][chunk])`;

/** The rows of a workgroup's piece, one after the other; the next row is read while one is computed. */
function walkRows(kernel: LifGradient, layout: Layout, xName: string, use: (t: string) => string): string {
  const { steps, rows } = kernel.shape;
  const { x, ds, chunks, columns, lanes, pieces } = layout;
  const perPiece = Math.ceil(rows / pieces);
  const take = (t: string) => `xs[${t}] = nextX[${t}]; dss[${t}] = nextDs[${t}];`;
  return `var xs: array<${x.element}, ${steps}>;
  var nextX: array<${x.element}, ${steps}>;
  var dss: array<${ds.element}, ${steps}>;
  var nextDs: array<${ds.element}, ${steps}>;
  var potential: array<${x.vector}, ${steps}>;
  let begin = group.x * ${perPiece}u + lane / ${columns}u;
  let end = select(0u, min((group.x + 1u) * ${perPiece}u, ${rows}u), column < ${chunks}u);
  if (begin < end) ${readAhead(kernel, layout, xName, 'begin')}
  for (var r = begin; r < end; r += ${lanes}u) {
    ${forSteps(steps, take)}
    let at = r * ${chunks}u + chunk;
    let ahead = min(r + ${lanes}u, end - 1u);
    ${readAhead(kernel, layout, xName, 'ahead')}
    ${backpropagate(kernel, layout, use)}
  }`;
}

/** Declares what a walk reads, from binding 1 on: x unless in place, ds, coefficients, dMembrane. */
function declarations(kernel: LifGradient, layout: Layout, isInPlace: boolean): string[] {
  const { x, ds, size, dsSize } = layout;
  const { channels } = kernel.shape;
  const norm = { name: 'coefficients', rows: NORM };
  const array = (name: string, element: string, length: number) => (binding: number) =>
    `@group(0) @binding(${binding}) var<storage, read> ${name}: array<array<${element}, ${length}>>;`;
  return [
    ...(isInPlace ? [] : [array('x', x.element, size)]),
    array('ds', ds.element, dsSize),
    ...(kernel.input.normalised
      ? [(binding: number) => readableCoefficients(binding, norm, channels, x.width)]
      : []),
    ...(kernel.membrane ? [array('dMembrane', x.vector, size)] : []),
  ].map((declare, index) => declare(1 + index));
}

const entry = ({ columns, lanes, chunks }: Layout) => `@compute @workgroup_size(${columns * lanes})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let stream = group.y;
  let column = group.z * ${columns}u + lane % ${columns}u;
  let chunk = min(column, ${chunks - 1}u);`;

/**
 * Bindings: 0 dx, 1 x (unless in place), then the gradient of the spikes, coefficients where normalised, the gradient
 * of the membrane potential where there is one, and the table where it goes on through BatchNorm.
 */
export function lifGradientShader(kernel: LifGradient, output: GradientOutput): string {
  const layout = gradientLayout(kernel);
  const { x, size } = layout;
  const dx = vectorsOf(output.format, x.width);
  const declared = declarations(kernel, layout, output.inPlace);
  const table = { name: 'table', rows: GRADIENT_TABLE };
  const row = (name: (typeof GRADIENT_TABLE)[number]) =>
    `table[slice][${GRADIENT_TABLE.indexOf(name)}][chunk]`;
  const throughNorm = (t: string) =>
    `${row('scale')} * (dx - ${row('average')} - ${centred(layout, t)} * ${row('slope')})`;
  const write = (t: string) =>
    `output[slice][at] = ${dx.pack([`(${output.throughNorm ? throughNorm(t) : 'dx'})`])};`;
  return `@group(0) @binding(0) var<storage, read_write> output: array<array<${dx.element}, ${size}>>;
${declared.join('\n')}
${output.throughNorm ? readableCoefficients(1 + declared.length, table, kernel.shape.channels, x.width) : ''}
${surrogateFunction(kernel.neuron, x.vector)}
${entry(layout)}
  ${walkRows(kernel, layout, output.inPlace ? 'output' : 'x', write)}
}
`;
}

/** Writes the sums of a step over the lanes of a workgroup. */
function writeSums({ x: { vector }, chunks, columns, lanes, pieces }: Layout, t: string): string {
  const threads = columns * lanes;
  return `parts[lane] = first[${t}];
      parts[lane + ${threads}u] = second[${t}];
      workgroupBarrier();
      for (var i = lane; i < ${2 * columns}u; i += ${threads}u) {
        var sum = ${vector}();
        for (var other = 0u; other < ${lanes}u; other++) {
          sum += parts[i / ${columns}u * ${threads}u + other * ${columns}u + i % ${columns}u];
        }
        let place = (slice * ${pieces}u + group.x) * 2u + i / ${columns}u;
        let goal = group.z * ${columns}u + i % ${columns}u;
        if (goal < ${chunks}u) { sums[place * ${chunks}u + goal] = sum; }
      }
      workgroupBarrier();`;
}

/**
 * The sums of the gradient of a normalised input and of its product with x - mean. Bindings: 0 sums f32 [slice, pieces,
 * 2, channels], 1 x, 2 gradient of the spikes, 3 coefficients, then the gradient of the membrane potential where there
 * is one.
 */
export function lifGradientSumsShader(kernel: LifGradient): string {
  const layout = sumsLayout(kernel);
  const { columns, lanes } = layout;
  const { steps } = kernel.shape;
  const { vector } = layout.x;
  const add = (t: string) => `first[${t}] += dx; second[${t}] += dx * ${centred(layout, t)};`;
  return `@group(0) @binding(0) var<storage, read_write> sums: array<${vector}>;
${declarations(kernel, layout, false).join('\n')}
${surrogateFunction(kernel.neuron, vector)}
var<workgroup> parts: array<${vector}, ${2 * columns * lanes}>;
${entry(layout)}
  var first: array<${vector}, ${steps}>;
  var second: array<${vector}, ${steps}>;
  ${walkRows(kernel, layout, 'x', add)}
  ${forSteps(steps, (t) => writeSums(layout, t))}
}
`;
}
