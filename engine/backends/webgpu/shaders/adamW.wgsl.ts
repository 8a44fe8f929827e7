const THREADS = 256;
/** Workgroups along the first axis. */
const MOST_COLUMNS = 32768;

const blocksOf = (items: number) => Math.ceil(items / THREADS);

/** Workgroups of the kernels below, which give every tensor its own. @param sizes values of each tensor. */
export function tensorsGroups(sizes: readonly number[]): [number, number, number] {
  const blocks = sizes.reduce((sum, items) => sum + blocksOf(items), 0);
  return [Math.min(blocks, MOST_COLUMNS), Math.ceil(blocks / MOST_COLUMNS), 1];
}

/** WGSL: an entry point that calls `visit0(i)`, `visit1(i)`, ... for every value i of every tensor. */
function visitAll(sizes: readonly number[]): string {
  let first = 0;
  const calls = sizes.map((items, tensor) => {
    const start = first;
    first += blocksOf(items);
    return `if (block < ${first}u) {
    let i = (block - ${start}u) * ${THREADS}u + lane;
    if (i < ${items}u) { visit${tensor}(i); }
    return;
  }`;
  });
  return `@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let block = id.y * ${MOST_COLUMNS}u + id.x;
  ${calls.join('\n  ')}
}
`;
}

/** The first words of the constants that {@link adamWShader} reads; the tensors' decays follow. */
export const ADAMW_CONSTANTS = [
  'learningRate',
  'beta1',
  'beta2',
  'firstShare',
  'secondShare',
  'firstCorrection',
  'secondCorrection',
  'epsilon',
  'gradientScale',
] as const;

/** Bindings of {@link adamWShader}: those of all tensors together, and those of each. */
export const ADAMW_SHARED_BINDINGS = 2;
export const ADAMW_BINDINGS = 4;

/**
 * One AdamW update of several tensors in place (fusedKernels.ts); nothing where `flag` is set (a gradient is not
 * finite). Bindings: 0 constants, 1 flag; then of every tensor parameter, first moment, second moment, gradient.
 * @param decays index of each tensor's factor of decay behind ADAMW_CONSTANTS.
 */
export function adamWShader(sizes: readonly number[], decays: readonly number[]): string {
  const constants = ADAMW_CONSTANTS.map((name, index) => `let ${name} = constants[${index}];`).join(' ');
  const tensors = sizes.map((_, tensor) => {
    const binding = ADAMW_SHARED_BINDINGS + ADAMW_BINDINGS * tensor;
    return `@group(0) @binding(${binding}) var<storage, read_write> parameter${tensor}: array<f32>;
@group(0) @binding(${binding + 1}) var<storage, read_write> first${tensor}: array<f32>;
@group(0) @binding(${binding + 2}) var<storage, read_write> second${tensor}: array<f32>;
@group(0) @binding(${binding + 3}) var<storage, read> gradient${tensor}: array<f32>;
fn visit${tensor}(i: u32) {
  let updated = update(vec3<f32>(parameter${tensor}[i], first${tensor}[i], second${tensor}[i]), gradient${tensor}[i], constants[${ADAMW_CONSTANTS.length + (decays[tensor] as number)}]);
  parameter${tensor}[i] = updated.x;
  first${tensor}[i] = updated.y;
  second${tensor}[i] = updated.z;
}`;
  });
  return `@group(0) @binding(0) var<storage, read> constants: array<f32>;
@group(0) @binding(1) var<storage, read> flag: array<f32>;
fn update(old: vec3<f32>, gradient: f32, decay: f32) -> vec3<f32> {
  if (flag[0] != 0.0) { return old; }
  ${constants}
  let g = gradient * gradientScale;
  let m = beta1 * old.y + firstShare * g;
  let v = beta2 * old.z + secondShare * g * g;
  let p = old.x * decay - learningRate * (m / firstCorrection) / (sqrt(v / secondCorrection) + epsilon);
  return vec3<f32>(p, m, v);
}
${tensors.join('\n')}
${visitAll(sizes)}`;
}

/** Sets the flag where a gradient is infinite or no number. Bindings: 0 flag, then the gradients. */
export function overflowShader(sizes: readonly number[]): string {
  const gradients = sizes.map(
    (_, tensor) => `@group(0) @binding(${tensor + 1}) var<storage, read> gradient${tensor}: array<u32>;
fn visit${tensor}(i: u32) {
  if ((gradient${tensor}[i] & 0x7f800000u) == 0x7f800000u) { atomicStore(&flag[0], 0x3f800000u); }
}`,
  );
  return `@group(0) @binding(0) var<storage, read_write> flag: array<atomic<u32>>;
${gradients.join('\n')}
${visitAll(sizes)}`;
}
