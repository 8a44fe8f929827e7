import type { ElementFormat } from './convolutionShape';
import { LARGEST_HALF, readablePairs } from './values.wgsl';

const THREADS = 256;

/** Workgroups for the sums of so many values. */
export function addGroups(values: number): [number, number, number] {
  const groups = Math.ceil(values / 2 / THREADS);
  return [Math.min(groups, 32768), Math.ceil(groups / 32768), 1];
}

/**
 * The sum of two tensors as halves. Sums of finite values stay finite, as activations do; a gradient that has
 * overflowed stays infinite, which the overflow check finds. Bindings: 0 sum, 1 a, 2 b.
 * @param values an even number.
 */
export function residualAddShader(values: number, formats: { a: ElementFormat; b: ElementFormat }): string {
  return `@group(0) @binding(0) var<storage, read_write> output: array<u32>;
${readablePairs(1, 'a', formats.a)}
${readablePairs(2, 'b', formats.b)}
const most = vec2<f32>(${LARGEST_HALF}.0);
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let i = ((id.y * 32768u + id.x) * ${THREADS}u + lane) * 2u;
  if (i >= ${values}u) { return; }
  let a = readA(i);
  let b = readB(i);
  let isFinite = (abs(a) <= most) & (abs(b) <= most);
  output[i / 2u] = pack2x16float(select(a + b, clamp(a + b, -most, most), isFinite));
}
`;
}
