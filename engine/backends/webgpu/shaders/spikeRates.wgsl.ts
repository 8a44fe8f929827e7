const THREADS = 256;

/** Workgroups per stream of {@link countSpikesShader}. */
export const COUNT_GROUPS = 256;

/**
 * Spikes of [streams, items] in COUNT_GROUPS parts per stream; an item is a word of bits or a value. Bindings: 0 counts
 * u32, 1 spikes.
 */
export function countSpikesShader(items: number, format: 'f32' | 'bits'): string {
  const count = { f32: (item: string) => `u32(${item})`, bits: (item: string) => `countOneBits(${item})` };
  return `@group(0) @binding(0) var<storage, read_write> counts: array<u32>;
@group(0) @binding(1) var<storage, read> spikes: array<${format === 'f32' ? 'f32' : 'u32'}>;
var<workgroup> parts: array<u32, ${THREADS}>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  var count = 0u;
  for (var i = group.x * ${THREADS}u + lane; i < ${items}u; i += ${THREADS * COUNT_GROUPS}u) {
    count += ${count[format](`spikes[group.y * ${items}u + i]`)};
  }
  parts[lane] = count;
  workgroupBarrier();
  for (var half = ${THREADS / 2}u; half > 0u; half /= 2u) {
    if (lane < half) { parts[lane] += parts[lane + half]; }
    workgroupBarrier();
  }
  if (lane == 0u) { counts[group.y * ${COUNT_GROUPS}u + group.x] = parts[0]; }
}
`;
}

/** The share of neurons that fired, one workgroup per stream. Bindings: 0 rates [streams], 1 counts. */
export function spikeRatesShader(neurons: number): string {
  return `@group(0) @binding(0) var<storage, read_write> rates: array<f32>;
@group(0) @binding(1) var<storage, read> counts: array<u32>;
var<workgroup> parts: array<u32, ${COUNT_GROUPS}>;
@compute @workgroup_size(${COUNT_GROUPS})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  parts[lane] = counts[group.x * ${COUNT_GROUPS}u + lane];
  workgroupBarrier();
  for (var half = ${COUNT_GROUPS / 2}u; half > 0u; half /= 2u) {
    if (lane < half) { parts[lane] += parts[lane + half]; }
    workgroupBarrier();
  }
  if (lane == 0u) { rates[group.x] = f32(parts[0]) / ${neurons}.0; }
}
`;
}
