import type { TetLossAttributes } from '../../fusedKernels';

/** Sizes of logits [steps, batch, classes]. */
export interface LogitsShape {
  readonly steps: number;
  readonly batch: number;
  readonly classes: number;
}

const LANES = 64;

/** WGSL: leaves the sum (or what `combine` makes) of all lanes' values in \`parts[0]\`. */
const reduced = (value: string, combine: (left: string, right: string) => string) => `parts[lane] = ${value};
  workgroupBarrier();
  for (var half = ${LANES / 2}u; half > 0u; half /= 2u) {
    if (lane < half) { parts[lane] = ${combine('parts[lane]', 'parts[lane + half]')}; }
    workgroupBarrier();
  }`;
const largest = (left: string, right: string) => `max(${left}, ${right})`;
const sum = (left: string, right: string) => `${left} + ${right}`;

/** WGSL of what both kernels know of a row z: its largest logit, and sums over classes. */
function rowSums({ classes }: LogitsShape, target: number): string {
  return `let row = group.y * 32768u + group.x;
  let first = row * ${classes}u;
  let hot = row % batch * ${classes}u;
  var most = -3.4e38;
  for (var c = lane; c < ${classes}u; c += ${LANES}u) { most = max(most, logits[first + c]); }
  ${reduced('vec4<f32>(most)', largest)}
  let top = parts[0].x;
  workgroupBarrier();
  var sums = vec4<f32>();
  for (var c = lane; c < ${classes}u; c += ${LANES}u) {
    let z = logits[first + c];
    let level = z - ${target.toExponential()};
    sums += vec4<f32>(exp(z - top), oneHot[hot + c] * (z - top), z - top, level * level);
  }
  ${reduced('sums', sum)}
  let exponentials = parts[0].x;`;
}

const declarations = ({ batch }: LogitsShape) => `const batch = ${batch}u;
var<workgroup> parts: array<vec4<f32>, ${LANES}>;
@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {`;

const guard = ({ steps, batch }: LogitsShape) =>
  `if (group.y * 32768u + group.x >= ${steps * batch}u) { return; }`;

/** Workgroups for one per row of the logits. */
export function rowGroups({ steps, batch }: LogitsShape): [number, number, number] {
  const rows = steps * batch;
  return [Math.min(rows, 32768), Math.ceil(rows / 32768), 1];
}

/** Cross-entropy and sum of squares to the target of every row. Bindings: 0 rows [T, B] of pairs, 1 logits, 2 one-hot. */
export function tetRowsShader(shape: LogitsShape, attributes: TetLossAttributes): string {
  const { labelSmoothing, tetTarget } = attributes;
  return `@group(0) @binding(0) var<storage, read_write> rows: array<vec2<f32>>;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> oneHot: array<f32>;
${declarations(shape)}
  ${guard(shape)}
  ${rowSums(shape, tetTarget)}
  if (lane == 0u) {
    let likelihood = log(exponentials) - parts[0].y;
    let even = log(exponentials) - parts[0].z / ${shape.classes}.0;
    rows[row] = vec2<f32>(mix(likelihood, even, ${labelSmoothing.toExponential()}), parts[0].w);
  }
}
`;
}

/** By what the level term of step t is multiplied: the last step may stand for all. */
const levelFactor = ({ steps }: LogitsShape, { lastLevelOnly }: TetLossAttributes, t: string) =>
  lastLevelOnly ? `select(0.0, ${steps}.0, ${t} == ${steps - 1}u)` : '1.0';

/**
 * Means over rows, and the loss. Bindings: 0 loss, 1 per step [2, T]: cross-entropy and level term, 2 rows, 3 r_t,
 * 4 r'_t.
 */
export function tetSumShader(shape: LogitsShape, attributes: TetLossAttributes): string {
  const { steps, batch, classes } = shape;
  const { tetLambda } = attributes;
  return `@group(0) @binding(0) var<storage, read_write> loss: array<f32>;
@group(0) @binding(1) var<storage, read_write> perStep: array<f32>;
@group(0) @binding(2) var<storage, read> rows: array<vec2<f32>>;
@group(0) @binding(3) var<storage, read> r: array<f32>;
@group(0) @binding(4) var<storage, read> levelWeights: array<f32>;
${declarations(shape)}
  var total = 0.0;
  for (var t = 0u; t < ${steps}u; t++) {
    var sums = vec2<f32>();
    for (var b = lane; b < ${batch}u; b += ${LANES}u) { sums += rows[t * ${batch}u + b]; }
    ${reduced('vec4<f32>(sums, 0.0, 0.0)', sum)}
    if (lane == 0u) {
      let crossEntropy = parts[0].x / ${batch}.0;
      let level = parts[0].y / ${batch * classes}.0 * ${levelFactor(shape, attributes, 't')};
      perStep[t] = crossEntropy;
      perStep[${steps}u + t] = level;
      total += ${(1 - tetLambda).toExponential()} * r[t] * crossEntropy + ${tetLambda.toExponential()} * levelWeights[t] * level;
    }
    workgroupBarrier();
  }
  if (lane == 0u) { loss[0] = total / ${steps}.0; }
}
`;
}

/**
 * The gradient of the logits; softmax is computed anew. Bindings: 0 dLogits, 1 logits, 2 one-hot, 3 dLoss, 4 r_t,
 * 5 r'_t.
 */
export function tetGradientShader(shape: LogitsShape, attributes: TetLossAttributes): string {
  const { steps, batch, classes } = shape;
  const { tetLambda, tetTarget, labelSmoothing } = attributes;
  return `@group(0) @binding(0) var<storage, read_write> dLogits: array<f32>;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> oneHot: array<f32>;
@group(0) @binding(3) var<storage, read> dLoss: array<f32>;
@group(0) @binding(4) var<storage, read> r: array<f32>;
@group(0) @binding(5) var<storage, read> levelWeights: array<f32>;
${declarations(shape)}
  ${guard(shape)}
  ${rowSums(shape, tetTarget)}
  let t = row / batch;
  let share = dLoss[0] / ${steps * batch}.0;
  let dCrossEntropy = share * ${(1 - tetLambda).toExponential()} * r[t];
  let dLevel = share * ${(tetLambda / classes).toExponential()} * levelWeights[t] * ${levelFactor(shape, attributes, 't')};
  for (var c = lane; c < ${classes}u; c += ${LANES}u) {
    let z = logits[first + c];
    let wanted = mix(oneHot[hot + c], ${(1 / classes).toExponential()}, ${labelSmoothing.toExponential()});
    let softmax = exp(z - top) / exponentials;
    dLogits[first + c] = dCrossEntropy * (softmax - wanted) + dLevel * 2.0 * (z - ${tetTarget.toExponential()});
  }
}
`;
}

/** Gradients of both step weights. Bindings: 0 dR, 1 dR', 2 dLoss, 3 per step [2, T]. */
export function tetWeightGradientShader({ steps }: LogitsShape, { tetLambda }: TetLossAttributes): string {
  return `@group(0) @binding(0) var<storage, read_write> dR: array<f32>;
@group(0) @binding(1) var<storage, read_write> dLevelWeights: array<f32>;
@group(0) @binding(2) var<storage, read> dLoss: array<f32>;
@group(0) @binding(3) var<storage, read> perStep: array<f32>;
@compute @workgroup_size(${LANES})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= ${steps}u) { return; }
  dR[id.x] = dLoss[0] * ${((1 - tetLambda) / steps).toExponential()} * perStep[id.x];
  dLevelWeights[id.x] = dLoss[0] * ${(tetLambda / steps).toExponential()} * perStep[${steps}u + id.x];
}
`;
}
