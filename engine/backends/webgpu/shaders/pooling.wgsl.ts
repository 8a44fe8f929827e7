import type { ElementFormat } from './convolutionShape';
import { range } from './matrixTile.wgsl';
import { float } from './neuron.wgsl';
import { readablePairs } from './values.wgsl';
import { type FloatFormat, lines, vectorsOf, type Width, widthFor } from './vectors.wgsl';

/** Average pool over windows that do not overlap and are not padded. */
export interface PoolShape {
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly window: number;
  readonly pooledHeight: number;
  readonly pooledWidth: number;
}

const THREADS = 256;

/** Formats of a pool's input and result. */
interface PoolFormats {
  readonly x: ElementFormat;
  readonly y: FloatFormat;
}

const widthOf = ({ channels }: PoolShape, { x, y }: PoolFormats) =>
  widthFor(channels, x === 'bits' ? [y] : [x, y], 8);

export function poolGroups(shape: PoolShape, formats: PoolFormats): [number, number, number] {
  const { frames, pooledHeight, pooledWidth, channels } = shape;
  const values = frames * pooledHeight * pooledWidth * channels;
  const groups = Math.ceil(values / widthOf(shape, formats) / THREADS);
  return [Math.min(groups, 32768), Math.ceil(groups / 32768), 1];
}

/** How sums over a window start, and take element `at` of x: spikes are counted as whole numbers. */
function poolSums(format: ElementFormat, width: Width): { element: string; start: string; add: string } {
  const { parts, vector, element, part } = vectorsOf(format === 'bits' ? 'f16' : format, width);
  if (format !== 'bits') {
    return {
      element,
      start: lines(parts, (index) => `var sum${index} = ${vector}();`),
      add: `let element = x[at];\n${lines(parts, (index) => `sum${index} += ${part('element', index)};`)}`,
    };
  }
  const counts = vector.replace('f32', 'u32');
  const places = range(width / parts).map((place) => `${place}u`);
  const shifted = (index: number) => (index === 0 ? 'bits' : `bits >> ${(index * width) / parts}u`);
  return {
    element: 'u32',
    start: lines(parts, (index) => `var sum${index} = ${counts}();`),
    add: `let bits = x[at * ${width}u / 32u] >> (at * ${width}u % 32u);
      ${lines(parts, (index) => `sum${index} += (${counts}(${shifted(index)}) >> ${counts}(${places.join(', ')})) & ${counts}(1u);`)}`,
  };
}

/** Bindings: 0 y, 1 x. */
export function averagePoolShader(shape: PoolShape, formats: PoolFormats): string {
  const { frames, height, width, channels, window, pooledHeight, pooledWidth } = shape;
  const values = widthOf(shape, formats);
  const { element, vector, parts, pack } = vectorsOf(formats.y, values);
  const chunks = channels / values;
  const sums = poolSums(formats.x, values);
  const averages = range(parts).map((part) => `(${vector}(sum${part}) * ${float(1 / window ** 2)})`);
  return `@group(0) @binding(0) var<storage, read_write> y: array<${element}>;
@group(0) @binding(1) var<storage, read> x: array<${sums.element}>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let i = (id.y * 32768u + id.x) * ${THREADS}u + lane;
  if (i >= ${frames * pooledHeight * pooledWidth * chunks}u) { return; }
  let pixel = i / ${chunks}u;
  let left = pixel % ${pooledWidth}u * ${window}u;
  let top = pixel / ${pooledWidth}u % ${pooledHeight}u * ${window}u;
  let frame = pixel / ${pooledHeight * pooledWidth}u;
  ${sums.start}
  for (var dy = 0u; dy < ${window}u; dy++) {
    for (var dx = 0u; dx < ${window}u; dx++) {
      let at = ((frame * ${height}u + top + dy) * ${width}u + left + dx) * ${chunks}u + i % ${chunks}u;
      ${sums.add}
    }
  }
  y[i] = ${pack(averages)};
}
`;
}

/** A spread gradient as f32. Bindings: 0 output, 1 source. */
export function spreadShader(shape: PoolShape, source: 'f32' | 'f16'): string {
  const { frames, height, width, channels, window, pooledHeight, pooledWidth } = shape;
  return `@group(0) @binding(0) var<storage, read_write> output: array<vec2<f32>>;
${readablePairs(1, 'source', source)}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let i = ((id.y * 32768u + id.x) * ${THREADS}u + lane) * 2u;
  if (i >= ${frames * height * width * channels}u) { return; }
  let channel = i % ${channels}u;
  let pixel = i / ${channels}u;
  let x = pixel % ${width}u / ${window}u;
  let y = pixel / ${width}u % ${height}u / ${window}u;
  let frame = pixel / ${height * width}u;
  let inside = x < ${pooledWidth}u && y < ${pooledHeight}u;
  let at = select(0u, ((frame * ${pooledHeight}u + y) * ${pooledWidth}u + x) * ${channels}u, inside) + channel;
  output[i / 2u] = select(vec2<f32>(), readSource(at) * ${float(1 / window ** 2)}, inside);
}
`;
}

export function spreadGroups({ frames, height, width, channels }: PoolShape): [number, number, number] {
  const groups = Math.ceil((frames * height * width * channels) / 2 / THREADS);
  return [Math.min(groups, 32768), Math.ceil(groups / 32768), 1];
}
