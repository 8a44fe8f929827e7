import {
  GROUP_WORDS,
  groupsOf,
  maskWords,
  type PackedFrames,
  placesOf,
} from '../../../datasets/packedFrames';

const THREADS = 256;
const GROUPS_ACROSS = 32768;

/** Sizes of a packed input that a shader is made for. */
export type PackedShape = Omit<PackedFrames, 'words'>;

/** Workgroups for one invocation per value of so many rows. */
export function expandGroups({ pixels, channels }: PackedShape, rows: number): [number, number, number] {
  const groups = Math.ceil((rows * pixels * channels) / THREADS);
  return [Math.min(groups, GROUPS_ACROSS), Math.ceil(groups / GROUPS_ACROSS), 1];
}

/** WGSL of the bits of value `i` of those that are not zero. */
function valueAt(i: string, { valueBytes }: PackedShape, values: number): string {
  return valueBytes === 1
    ? `bitcast<u32>(f32((packed[${values}u + ${i} / 4u] >> (8u * (${i} % 4u))) & 255u))`
    : `packed[${values}u + ${i}]`;
}

/**
 * Rows `firstRow` to `firstRow` + `count` - 1 of a packed input (datasets/packedFrames.ts). Floats are copied as bits.
 * Bindings: 0 output f32 [count, pixels * channels], 1 packed words, 2 rows i32.
 */
export function expandInputShader(shape: PackedShape, firstRow: number, count: number): string {
  const { frames, pixels, channels } = shape;
  const { starts, planes, values } = placesOf(shape);
  const length = pixels * channels;
  const words = maskWords(shape);
  return `@group(0) @binding(0) var<storage, read_write> output: array<u32>;
@group(0) @binding(1) var<storage, read> packed: array<u32>;
@group(0) @binding(2) var<storage, read> rows: array<i32>;

fn frameValue(frame: u32, place: u32) -> u32 {
  let word = place / 32u;
  let bits = packed[frame * ${words}u + word];
  let bit = place % 32u;
  if (((bits >> bit) & 1u) == 0u) { return 0u; }
  let group = word / ${GROUP_WORDS}u;
  var i = packed[${starts}u + frame * ${groupsOf(shape)}u + group] + countOneBits(bits & ~(0xffffffffu << bit));
  for (var near = group * ${GROUP_WORDS}u; near < word; near++) {
    i += countOneBits(packed[frame * ${words}u + near]);
  }
  return ${valueAt('i', shape, values)};
}

@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let i = (id.y * ${GROUPS_ACROSS}u + id.x) * ${THREADS}u + lane;
  if (i >= ${count * length}u) { return; }
  let place = i % ${length}u;
  let source = u32(rows[${firstRow}u + i / ${length}u]);
  if (source < ${frames}u) {
    output[i] = frameValue(source, place);
  } else {
    output[i] = packed[${planes}u + (source - ${frames}u) * ${pixels}u + place / ${channels}u];
  }
}
`;
}
