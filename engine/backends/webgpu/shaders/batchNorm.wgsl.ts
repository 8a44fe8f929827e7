import type { RunningStatisticsAttributes } from '../../fusedKernels';
import { GRADIENT_TABLE, NORM } from './coefficients.wgsl';
import { float } from './neuron.wgsl';
import { pairWriter, readable, readablePairs, writablePairs } from './values.wgsl';
import type { FloatFormat } from './vectors.wgsl';

/** BatchNorm with statistics per group (stream and time step) and channel. */
export interface BatchNormShape {
  readonly groups: number;
  readonly rows: number;
  readonly channels: number;
  readonly pieces: number;
  readonly epsilon: number;
}

/** A workgroup of the shaders that finish sums: so many channels, whose pieces are shared by so many lanes. */
const COLUMNS = 32;
const LANES = 8;

/** Workgroups of {@link statisticsShader} and {@link gradientTableShader}. */
export const finishGroups = ({ groups, channels }: BatchNormShape) =>
  [Math.ceil(channels / COLUMNS), groups, 1] as [number, number, number];

/** The head of a shader that adds up the pieces of channelSums.wgsl.ts: \`total\` of \`channel\` in \`group\`. */
function finishSums({ channels, pieces }: BatchNormShape, bindings: readonly string[], body: string): string {
  return `@group(0) @binding(0) var<storage, read> sums: array<f32>;
${bindings.join('\n')}
var<workgroup> parts: array<vec2<f32>, ${COLUMNS * LANES}>;
@compute @workgroup_size(${COLUMNS * LANES})
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let group = id.y;
  let channel = id.x * ${COLUMNS}u + index % ${COLUMNS}u;
  let lane = index / ${COLUMNS}u;
  var part = vec2<f32>();
  for (var piece = lane; piece < select(0u, ${pieces}u, channel < ${channels}u); piece += ${LANES}u) {
    let at = (group * ${pieces}u + piece) * ${2 * channels}u + channel;
    part += vec2<f32>(sums[at], sums[at + ${channels}u]);
  }
  parts[index] = part;
  workgroupBarrier();
  if (lane > 0u || channel >= ${channels}u) { return; }
  var total = vec2<f32>();
  for (var other = 0u; other < ${LANES}u; other++) { total += parts[index + other * ${COLUMNS}u]; }
  ${body}
}
`;
}

/**
 * Statistics and coefficients from sums (channelSums.wgsl). Bindings: 0 sums, 1 x (for the reference row), 2 gamma,
 * 3 beta, 4 mean, 5 variance (biased), 6 coefficients (coefficients.wgsl.ts).
 */
export function statisticsShader(shape: BatchNormShape, x: FloatFormat): string {
  const { rows, channels, epsilon } = shape;
  return finishSums(
    shape,
    [
      readable(1, 'x', x),
      '@group(0) @binding(2) var<storage, read> gamma: array<f32>;',
      '@group(0) @binding(3) var<storage, read> beta: array<f32>;',
      '@group(0) @binding(4) var<storage, read_write> mean: array<f32>;',
      '@group(0) @binding(5) var<storage, read_write> variance: array<f32>;',
      '@group(0) @binding(6) var<storage, read_write> coefficients: array<f32>;',
    ],
    `let offset = total.x / ${float(rows)};
  let average = readX(group * ${rows * channels}u + channel) + offset;
  let spread = max(0.0, total.y / ${float(rows)} - offset * offset);
  mean[group * ${channels}u + channel] = average;
  variance[group * ${channels}u + channel] = spread;
  let at = group * ${NORM.length * channels}u + channel;
  coefficients[at] = average;
  coefficients[at + ${channels}u] = gamma[channel] / sqrt(spread + ${float(epsilon)});
  coefficients[at + ${2 * channels}u] = beta[channel];`,
  );
}

const THREADS = 64;

/**
 * Both running statistics after one update per group. Bindings: 0 new mean, 1 new variance, 2 mean, 3 variance (both
 * running), 4 means, 5 variances [groups, channels].
 */
export function runningStatisticsShader(
  { groups, channels }: Pick<BatchNormShape, 'groups' | 'channels'>,
  { momentum, unbiasing }: RunningStatisticsAttributes,
): string {
  return `@group(0) @binding(0) var<storage, read_write> newMean: array<f32>;
@group(0) @binding(1) var<storage, read_write> newVariance: array<f32>;
@group(0) @binding(2) var<storage, read> mean: array<f32>;
@group(0) @binding(3) var<storage, read> variance: array<f32>;
@group(0) @binding(4) var<storage, read> means: array<f32>;
@group(0) @binding(5) var<storage, read> variances: array<f32>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= ${channels}u) { return; }
  var running = vec2<f32>(mean[id.x], variance[id.x]);
  for (var group = 0u; group < ${groups}u; group++) {
    let at = group * ${channels}u + id.x;
    let statistic = vec2<f32>(means[at], variances[at] * ${float(unbiasing)});
    running = ${float(1 - momentum)} * running + ${float(momentum)} * statistic;
  }
  newMean[id.x] = running.x;
  newVariance[id.x] = running.y;
}
`;
}

export const runningStatisticsGroups = (channels: number) =>
  [Math.ceil(channels / THREADS), 1, 1] as [number, number, number];

/**
 * What BatchNorm's gradient needs per group and channel, from sums of dy and dy (x - mean): with r = 1 / sqrt(variance
 * + epsilon), S and P the sums and n rows, the table is mean, scale gamma r, average S / n and slope r^2 P / n.
 * Bindings: 0 sums, 1 mean, 2 variance, 3 gamma, 4 table (coefficients.wgsl.ts).
 */
export function gradientTableShader(shape: BatchNormShape): string {
  const { rows, channels, epsilon } = shape;
  return finishSums(
    shape,
    [
      '@group(0) @binding(1) var<storage, read> mean: array<f32>;',
      '@group(0) @binding(2) var<storage, read> variance: array<f32>;',
      '@group(0) @binding(3) var<storage, read> gamma: array<f32>;',
      '@group(0) @binding(4) var<storage, read_write> table: array<f32>;',
    ],
    `let r = 1.0 / sqrt(variance[group * ${channels}u + channel] + ${float(epsilon)});
  let at = group * ${GRADIENT_TABLE.length * channels}u + channel;
  table[at] = mean[group * ${channels}u + channel];
  table[at + ${channels}u] = gamma[channel] * r;
  table[at + ${2 * channels}u] = total.x / ${float(rows)};
  table[at + ${3 * channels}u] = r * r * total.y / ${float(rows)};`,
  );
}

/**
 * The gradients of gamma and beta, which all groups share. Bindings: 0 dGamma, 1 dBeta, 2 variance, 3 table
 * ({@link gradientTableShader}). One invocation per channel.
 */
export function parameterGradientShader({ groups, rows, channels, epsilon }: BatchNormShape): string {
  return `@group(0) @binding(0) var<storage, read_write> dGamma: array<f32>;
@group(0) @binding(1) var<storage, read_write> dBeta: array<f32>;
@group(0) @binding(2) var<storage, read> variance: array<f32>;
@group(0) @binding(3) var<storage, read> table: array<f32>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let channel = id.x;
  if (channel >= ${channels}u) { return; }
  var total = vec2<f32>();
  for (var group = 0u; group < ${groups}u; group++) {
    let at = group * ${GRADIENT_TABLE.length * channels}u + channel;
    let deviation = sqrt(variance[group * ${channels}u + channel] + ${float(epsilon)});
    total += vec2<f32>(table[at + ${3 * channels}u] * deviation, table[at + ${2 * channels}u]);
  }
  dGamma[channel] = total.x * ${float(rows)};
  dBeta[channel] = total.y * ${float(rows)};
}
`;
}

/** Workgroups of {@link parameterGradientShader}. */
export const parameterGradientGroups = ({ channels }: BatchNormShape) => runningStatisticsGroups(channels);

const ROW_THREADS = 256;

/** Workgroups of the element-wise shaders: pairs of values in rows of 256 x 32768. */
export function pairGroups(values: number): [number, number, number] {
  const groups = Math.ceil(values / 2 / ROW_THREADS);
  return [Math.min(groups, 32768), Math.ceil(groups / 32768), 1];
}

const pairIndex = (values: number) => `let i = ((id.y * 32768u + id.x) * ${ROW_THREADS}u + lane) * 2u;
  if (i >= ${values}u) { return; }`;

/**
 * dx = gamma r (dy - S / n - (x - mean) r^2 P / n), by the table of {@link gradientTableShader}.
 * Bindings: 0 dx, 1 x, 2 table and, unless `inPlace` (dx is dy's memory), 3 dy.
 */
export function batchNormGradientShader(
  { groups, rows, channels }: BatchNormShape,
  formats: { x: 'f32' | 'f16'; dy: 'f32' | 'f16'; inPlace: boolean },
): string {
  const size = rows * channels;
  const dx = formats.inPlace
    ? `${readablePairs(0, 'dx', formats.dy, 'read_write')}${pairWriter('dx', formats.dy)}`
    : `${writablePairs(0, 'dx', formats.dy)}${readablePairs(3, 'dy', formats.dy)}`;
  return `${dx}
${readablePairs(1, 'x', formats.x)}
@group(0) @binding(2) var<storage, read> table: array<vec2<f32>>;
@compute @workgroup_size(${ROW_THREADS})
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  ${pairIndex(groups * size)}
  let at = ((i / ${size}u) * ${4 * channels}u + i % ${channels}u) / 2u;
  let dy = ${formats.inPlace ? 'readDx(i)' : 'readDy(i)'};
  let value = table[at + ${channels / 2}u] * (dy - table[at + ${channels}u] - (readX(i) - table[at]) * table[at + ${(3 * channels) / 2}u]);
  writeDx(i, value);
}
`;
}

/** y = (x - mean) * scale + shift as f32. Bindings: 0 y, 1 x, 2 coefficients [groups, 3, channels]. */
export function normaliseShader({ groups, rows, channels }: BatchNormShape, x: 'f32' | 'f16'): string {
  const size = rows * channels;
  return `@group(0) @binding(0) var<storage, read_write> y: array<vec2<f32>>;
${readablePairs(1, 'x', x)}
@group(0) @binding(2) var<storage, read> coefficients: array<vec2<f32>>;
@compute @workgroup_size(${ROW_THREADS})
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  ${pairIndex(groups * size)}
  let at = ((i / ${size}u) * ${3 * channels}u + i % ${channels}u) / 2u;
  y[i / 2u] = (readX(i) - coefficients[at]) * coefficients[at + ${channels / 2}u] + coefficients[at + ${channels}u];
}
`;
}

/** Packed values as f32. Bindings: 0 output, 1 packed. */
export function unpackShader(values: number, format: 'f16' | 'bits'): string {
  return `@group(0) @binding(0) var<storage, read_write> output: array<vec2<f32>>;
${readablePairs(1, 'packed', format)}
@compute @workgroup_size(${ROW_THREADS})
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  ${pairIndex(values)}
  output[i / 2u] = readPacked(i);
}
`;
}
