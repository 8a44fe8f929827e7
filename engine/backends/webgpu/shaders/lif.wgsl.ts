import { NORM, readableCoefficients, takeNorm } from './coefficients.wgsl';
import { float, type Neuron, overTau } from './neuron.wgsl';
import { readable } from './values.wgsl';
import { type FloatFormat, lines, vectorsOf, widthFor } from './vectors.wgsl';

/** Sizes of a LIF over [streams, steps, rows, channels]. */
export interface LifShape {
  readonly streams: number;
  readonly steps: number;
  /** Rows of `channels` values in a slice: batch * height * width. */
  readonly rows: number;
  readonly channels: number;
}

/** The synaptic input: as it is, or normalised on the fly (coefficients.wgsl.ts). */
export interface LifInput {
  readonly format: FloatFormat;
  readonly normalised: boolean;
}

const MOST_WIDTH = 8;
const ROWS_AT_ONCE = 2;
const THREADS = 128;
/** Bits of a word of spikes. */
const WORD = 32;

/** How {@link lifBitsShader} cuts a slice: rows equally far apart share an invocation and what it reads per channel. */
function bitsLayout({ rows, channels }: LifShape, { format }: LifInput) {
  const width = widthFor(channels, [format], MOST_WIDTH);
  const rowsAtOnce = rows % ROWS_AT_ONCE === 0 ? ROWS_AT_ONCE : 1;
  const size = (rows * channels) / width;
  return { width, chunks: channels / width, rowsAtOnce, size, items: size / rowsAtOnce };
}

const sliceGroups = (invocations: number, streams: number): [number, number, number] => {
  const groups = Math.ceil(invocations / THREADS);
  return [Math.min(groups, 32768), Math.ceil(groups / 32768), streams];
};

/** Workgroups of {@link lifBitsShader}. */
export const lifBitsGroups = (shape: LifShape, input: LifInput) =>
  sliceGroups(bitsLayout(shape, input).items, shape.streams);

/** Workgroups of {@link lifDenseShader}. */
export const lifDenseGroups = ({ streams, rows, channels }: LifShape) =>
  sliceGroups(rows * channels, streams);

/**
 * Spikes as bits. An invocation keeps its spikes of as many steps as fill a word; then neighbours exchange them, so
 * that every one writes the word of one step. Channels are a multiple of 32. Bindings: 0 spikes, 1 x, then
 * coefficients where normalised, then the membrane potential after the reset (f32) where `membrane`.
 */
export function lifBitsShader(shape: LifShape, input: LifInput, neuron: Neuron, membrane: boolean): string {
  const { steps, channels } = shape;
  const { width, chunks, rowsAtOnce, size, items } = bitsLayout(shape, input);
  const x = vectorsOf(input.format, width);
  const block = WORD / width;
  const eachRow = (line: (row: number) => string) => lines(rowsAtOnce, line);
  const eachPart = (line: (row: number, part: number) => string) =>
    eachRow((row) => lines(x.parts, (part) => line(row, part)));
  const fire = (step: number, row: number, part: number) => {
    const read = x.part(`x${step}_${row}`, part);
    const v = `v${row}_${part}`;
    return `{
        let input = ${input.normalised ? `(${read} - mean${part}) * scale${part} + shift${part}` : read};
        let u = ${v} + ${overTau(`(input - ${v})`, neuron)};
        let fires = u > threshold;
        ${v} = select(u, vec4<f32>(), fires);
        bits${row} |= spikeBits(fires) << ${step * width + part * 4}u;
        ${membrane ? `if (item < ${items}u && first + ${step}u < ${steps}u) { membrane[slice][(chunk + ${row * items}u) * ${x.parts}u + ${part}u] = ${v}; }` : ''}
      }`;
  };
  const coefficients = { name: 'coefficients', rows: NORM };
  return `@group(0) @binding(0) var<storage, read_write> spikes: array<array<u32, ${size / block}>>;
@group(0) @binding(1) var<storage, read> x: array<array<${x.element}, ${size}>>;
${input.normalised ? readableCoefficients(2, coefficients, channels, 4) : ''}
${membrane ? `@group(0) @binding(${input.normalised ? 3 : 2}) var<storage, read_write> membrane: array<array<vec4<f32>, ${size * x.parts}>>;` : ''}
// Twice: the spikes of a block of steps are read while those of the next are written.
var<workgroup> fired: array<array<u32, ${THREADS}>, ${2 * rowsAtOnce}>;
fn spikeBits(fires: vec4<bool>) -> u32 { return dot(vec4<u32>(fires), vec4<u32>(1u, 2u, 4u, 8u)); }
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let item = (id.y * 32768u + id.x) * ${THREADS}u + lane;
  let chunk = min(item, ${items - 1}u);
  let threshold = vec4<f32>(${float(neuron.threshold)});
  let mine = lane % ${block}u;
  ${eachPart((row, part) => `var v${row}_${part} = vec4<f32>();`)}
  for (var first = 0u; first < ${steps}u; first += ${block}u) {
    ${lines(block, (step) => `let slice${step} = id.z * ${steps}u + min(first + ${step}u, ${steps - 1}u);`)}
    ${lines(block, (step) => eachRow((row) => `let x${step}_${row} = x[slice${step}][chunk + ${row * items}u];`))}
    ${eachRow((row) => `var bits${row} = 0u;`)}
    ${lines(
      block,
      (step) => `{
      let slice = slice${step};
      ${input.normalised ? lines(x.parts, (part) => takeNorm('slice', `chunk % ${chunks}u * ${x.parts}u + ${part}u`, part)) : ''}
      ${eachPart((row, part) => fire(step, row, part))}
    }`,
    )}
    let half = first / ${block}u % 2u * ${rowsAtOnce}u;
    ${eachRow((row) => `fired[half + ${row}u][lane] = bits${row};`)}
    workgroupBarrier();
    if (item < ${items}u && first + mine < ${steps}u) {
      ${eachRow(
        (row) => `var word${row} = 0u;
      for (var other = 0u; other < ${block}u; other++) {
        let bits = extractBits(fired[half + ${row}u][lane - mine + other], mine * ${width}u, ${width}u);
        word${row} |= bits << (other * ${width}u);
      }
      spikes[id.z * ${steps}u + first + mine][(item + ${row * items}u) / ${block}u] = word${row};`,
      )}
    }
  }
}
`;
}

/** Spikes as f32, one value per invocation, any number of channels. Bindings as {@link lifBitsShader}. */
export function lifDenseShader(shape: LifShape, input: LifInput, neuron: Neuron, membrane: boolean): string {
  const { steps, rows, channels } = shape;
  const size = rows * channels;
  const coefficients = input.normalised ? 2 : undefined;
  const normalised = `let c = slice * ${3 * channels}u + at % ${channels}u;
    let x = (readX(place) - coefficients[c]) * coefficients[c + ${channels}u] + coefficients[c + ${2 * channels}u];`;
  return `@group(0) @binding(0) var<storage, read_write> spikes: array<f32>;
${readable(1, 'x', input.format)}
${coefficients ? `@group(0) @binding(${coefficients}) var<storage, read> coefficients: array<f32>;` : ''}
${membrane ? `@group(0) @binding(${(coefficients ?? 1) + 1}) var<storage, read_write> membrane: array<f32>;` : ''}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let at = (id.y * 32768u + id.x) * ${THREADS}u + lane;
  if (at >= ${size}u) { return; }
  var v = 0.0;
  for (var t = 0u; t < ${steps}u; t++) {
    let slice = id.z * ${steps}u + t;
    let place = slice * ${size}u + at;
    ${input.normalised ? normalised : 'let x = readX(place);'}
    let u = v + ${overTau('(x - v)', neuron)};
    let fires = u > ${float(neuron.threshold)};
    v = select(u, 0.0, fires);
    spikes[place] = select(0.0, 1.0, fires);
    ${membrane ? 'membrane[place] = v;' : ''}
  }
}
`;
}
