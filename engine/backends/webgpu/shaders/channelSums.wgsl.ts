import { readablePairs } from './values.wgsl';

/** Rows are [groups, rows] of `channels` values; every group is cut into `pieces` of rows. */
export interface ChannelSums {
  readonly groups: number;
  readonly rows: number;
  readonly channels: number;
  readonly pieces: number;
  readonly x: 'f32' | 'f16';
  /**
   * Without: sums of x - first and of its square, `first` being the group's first row (so that nothing cancels).
   * With: sums of dy and of dy (x - mean).
   */
  readonly gradient?: 'f32' | 'f16';
}

export const SUM_THREADS = 256;

/** Workgroups: x pieces, y groups, z blocks of channel pairs. */
export function channelSumsGroups({ groups, channels, pieces }: ChannelSums): [number, number, number] {
  return [pieces, groups, Math.ceil(channels / 2 / SUM_THREADS)];
}

/** Bindings: 0 output f32 [groups, pieces, 2, channels], 1 x, and for a gradient 2 dy, 3 mean f32 [groups, channels]. */
export function channelSumsShader({ groups, rows, channels, pieces, x, gradient }: ChannelSums): string {
  void groups;
  const pairs = channels / 2;
  const columns = Math.min(pairs, SUM_THREADS);
  const lanes = Math.max(1, Math.floor(SUM_THREADS / columns));
  const perPiece = Math.ceil(rows / pieces);
  const reference = gradient
    ? `let reference = vec2<f32>(mean[group.y * ${channels}u + channel], mean[group.y * ${channels}u + channel + 1u]);`
    : `let reference = readX(group.y * ${rows * channels}u + channel);`;
  const terms = gradient
    ? 'let dy = readDy(at); first += dy; second += dy * (readX(at) - reference);'
    : 'let value = readX(at) - reference; first += value; second += value * value;';
  return `@group(0) @binding(0) var<storage, read_write> output: array<f32>;
${readablePairs(1, 'x', x)}
${gradient ? `${readablePairs(2, 'dy', gradient)}\n@group(0) @binding(3) var<storage, read> mean: array<f32>;` : ''}
var<workgroup> parts: array<vec4<f32>, ${columns * lanes}>;
@compute @workgroup_size(${columns * lanes})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let pair = group.z * ${columns}u + lane % ${columns}u;
  let channel = min(pair, ${pairs - 1}u) * 2u;
  let row = lane / ${columns}u;
  ${reference}
  var first = vec2<f32>();
  var second = vec2<f32>();
  let end = min((group.x + 1u) * ${perPiece}u, ${rows}u);
  for (var r = group.x * ${perPiece}u + row; r < end; r += ${lanes}u) {
    let at = (group.y * ${rows}u + r) * ${channels}u + channel;
    ${terms}
  }
  parts[lane] = vec4<f32>(first, second);
  workgroupBarrier();
  if (row == 0u && pair < ${pairs}u) {
    var total = parts[lane];
    for (var other = 1u; other < ${lanes}u; other++) { total += parts[lane + other * ${columns}u]; }
    let at = (group.y * ${pieces}u + group.x) * ${2 * channels}u + channel;
    output[at] = total.x;
    output[at + 1u] = total.y;
    output[at + ${channels}u] = total.z;
    output[at + ${channels + 1}u] = total.w;
  }
}
`;
}
