/** Sizes of Gram matrices [steps, batch, batch]. */
export interface GramShape {
  readonly steps: number;
  readonly batch: number;
}

const LANES = 256;

/** Values that {@link centredAlignmentShader} leaves per step: row means of both, then MOMENTS. */
export const momentsPerStep = ({ batch }: GramShape) => 2 * batch + MOMENTS.length;
const MOMENTS = ['meanK', 'meanL', 'product', 'normK', 'normL'] as const;

/** WGSL: the place of a step's moments and names of those that are not per row. */
const momentNames = (shape: GramShape) =>
  `let moments = t * ${momentsPerStep(shape)}u;
  let rest = moments + ${2 * shape.batch}u;`;
const readMoments = MOMENTS.map((name, index) => `let ${name} = saved[rest + ${index}u];`).join('\n  ');

const entry = `@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {`;

/** WGSL: leaves the sum of all lanes' values in \`parts[0]\`; a second use must come behind a barrier. */
const reduced = (value: string) => `parts[lane] = ${value};
  workgroupBarrier();
  for (var half = ${LANES / 2}u; half > 0u; half /= 2u) {
    if (lane < half) { parts[lane] += parts[lane + half]; }
    workgroupBarrier();
  }`;

/** WGSL: entry i of both centred matrices: H K H, where K is symmetric. */
const centred = ({ batch }: GramShape) => `let row = i / ${batch}u;
    let column = i % ${batch}u;
    let kc = k[first + i] - saved[moments + row] - saved[moments + column] + meanK;
    let lc = l[first + i] - saved[moments + ${batch}u + row] - saved[moments + ${batch}u + column] + meanL;`;

/**
 * CKA_t = sum(Kc Lc) / (||Kc|| ||Lc|| + epsilon), one workgroup per step. Bindings: 0 CKA [T], 1 saved moments, 2 k,
 * 3 l.
 */
export function centredAlignmentShader(shape: GramShape, epsilon: number): string {
  const { batch } = shape;
  return `@group(0) @binding(0) var<storage, read_write> cka: array<f32>;
@group(0) @binding(1) var<storage, read_write> saved: array<f32>;
@group(0) @binding(2) var<storage, read> k: array<f32>;
@group(0) @binding(3) var<storage, read> l: array<f32>;
var<workgroup> parts: array<vec3<f32>, ${LANES}>;
${entry}
  let t = group.x;
  let first = t * ${batch * batch}u;
  ${momentNames(shape)}
  var sums = vec3<f32>();
  for (var column = lane; column < ${batch}u; column += ${LANES}u) {
    var mean = vec2<f32>();
    for (var row = 0u; row < ${batch}u; row++) {
      mean += vec2<f32>(k[first + row * ${batch}u + column], l[first + row * ${batch}u + column]);
    }
    mean /= ${batch}.0;
    saved[moments + column] = mean.x;
    saved[moments + ${batch}u + column] = mean.y;
    sums += vec3<f32>(mean, 0.0);
  }
  ${reduced('sums')}
  let meanK = parts[0].x / ${batch}.0;
  let meanL = parts[0].y / ${batch}.0;
  storageBarrier();
  workgroupBarrier();
  sums = vec3<f32>();
  for (var i = lane; i < ${batch * batch}u; i += ${LANES}u) {
    ${centred(shape)}
    sums += vec3<f32>(kc * lc, kc * kc, lc * lc);
  }
  ${reduced('sums')}
  if (lane == 0u) {
    let product = parts[0].x;
    let normK = sqrt(parts[0].y);
    let normL = sqrt(parts[0].z);
    ${MOMENTS.map((name, index) => `saved[rest + ${index}u] = ${name};`).join('\n    ')}
    cka[t] = product / (normK * normL + ${epsilon});
  }
}
`;
}

/** Workgroups of {@link centredAlignmentGradientShader}: blocks of a step's entries, then steps. */
export function alignmentGradientGroups({ steps, batch }: GramShape): [number, number, number] {
  return [Math.ceil((batch * batch) / LANES), steps, 1];
}

/**
 * Gradients of both Gram matrices; that of a norm at 0 is 0. What is centred stays centred: no further means are taken
 * off. Bindings: 0 dK, 1 dL, 2 dCka [T], 3 k, 4 l, 5 saved moments.
 */
export function centredAlignmentGradientShader(shape: GramShape, epsilon: number): string {
  const { batch } = shape;
  return `@group(0) @binding(0) var<storage, read_write> dK: array<f32>;
@group(0) @binding(1) var<storage, read_write> dL: array<f32>;
@group(0) @binding(2) var<storage, read> dCka: array<f32>;
@group(0) @binding(3) var<storage, read> k: array<f32>;
@group(0) @binding(4) var<storage, read> l: array<f32>;
@group(0) @binding(5) var<storage, read> saved: array<f32>;
${entry}
  let t = group.y;
  let i = group.x * ${LANES}u + lane;
  if (i >= ${batch * batch}u) { return; }
  let first = t * ${batch * batch}u;
  ${momentNames(shape)}
  ${readMoments}
  ${centred(shape)}
  let quotient = normK * normL + ${epsilon};
  let dProduct = dCka[t] / quotient;
  let dQuotient = -dCka[t] * product / (quotient * quotient);
  let perNormK = select(0.0, dQuotient * normL / normK, normK > 0.0);
  let perNormL = select(0.0, dQuotient * normK / normL, normL > 0.0);
  dK[first + i] = dProduct * lc + perNormK * kc;
  dL[first + i] = dProduct * kc + perNormL * lc;
}
`;
}

/** L_da = (1/T) sum_t w_t (1 - |CKA_t|) by a single invocation. Bindings: 0 loss, 1 cka, 2 weights. */
export function alignmentLossShader(steps: number): string {
  return `@group(0) @binding(0) var<storage, read_write> loss: array<f32>;
@group(0) @binding(1) var<storage, read> cka: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@compute @workgroup_size(1)
fn main() {
  var sum = 0.0;
  for (var t = 0u; t < ${steps}u; t++) { sum += weights[t] * (1.0 - abs(cka[t])); }
  loss[0] = sum / ${steps}.0;
}
`;
}

/** Bindings: 0 dCka, 1 dWeights, 2 dLoss, 3 cka, 4 weights. */
export function alignmentLossGradientShader(steps: number): string {
  return `@group(0) @binding(0) var<storage, read_write> dCka: array<f32>;
@group(0) @binding(1) var<storage, read_write> dWeights: array<f32>;
@group(0) @binding(2) var<storage, read> dLoss: array<f32>;
@group(0) @binding(3) var<storage, read> cka: array<f32>;
@group(0) @binding(4) var<storage, read> weights: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let t = id.x;
  if (t >= ${steps}u) { return; }
  let share = dLoss[0] / ${steps}.0;
  dCka[t] = -share * weights[t] * sign(cka[t]);
  dWeights[t] = share * (1.0 - abs(cka[t]));
}
`;
}
