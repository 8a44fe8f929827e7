import type { ElementFormat } from './convolutionShape';
import { range } from './matrixTile.wgsl';
import { float, type Neuron, surrogateFunction } from './neuron.wgsl';
import { readable, readablePairs, writablePairs } from './values.wgsl';

/** Sizes of a LIF over [streams, steps, rows, channels]. */
export interface LifShape {
  readonly streams: number;
  readonly steps: number;
  /** Rows of `channels` values in a slice: batch * height * width. */
  readonly rows: number;
  readonly channels: number;
}

/** The synaptic input: as it is, or normalised on the fly by coefficients [slice, 3, channels]. */
export interface LifInput {
  readonly format: 'f32' | 'f16';
  readonly normalised: boolean;
}

const THREADS = 128;
/** Above this, loops over time steps stay loops: unrolled, they would not fit into registers anyway. */
const MOST_UNROLLED_STEPS = 24;

/** Workgroups for one invocation per `perInvocation` values of a slice and stream. */
export function forwardGroups(
  { streams, rows, channels }: LifShape,
  perInvocation: number,
): [number, number, number] {
  const groups = Math.ceil((rows * channels) / perInvocation / THREADS);
  return [Math.min(groups, 32768), Math.ceil(groups / 32768), streams];
}

/**
 * Spikes as bits, eight channels of a row per invocation, so that neighbours read neighbouring memory; four of them
 * make a word. Channels are a multiple of 32. Bindings: 0 spikes, 1 x, then coefficients where normalised, then the
 * membrane potential after the reset (f32) where `membrane`.
 */
export function lifBitsShader(shape: LifShape, input: LifInput, neuron: Neuron, membrane: boolean): string {
  const { steps, rows, channels } = shape;
  const octets = (rows * channels) / 8;
  const coefficients = input.normalised ? 2 : undefined;
  const halves = (line: (half: number) => string) => range(2).map(line).join('\n');
  const values = {
    f32: halves((half) => `let x${half} = x[first / 4u + ${half}u];`),
    f16: `let packed = x[first / 8u];
    let x0 = vec4<f32>(unpack2x16float(packed.x), unpack2x16float(packed.y));
    let x1 = vec4<f32>(unpack2x16float(packed.z), unpack2x16float(packed.w));`,
  }[input.format];
  const normalised = (half: number) =>
    `(x${half} - coefficients[at + ${half}u]) * coefficients[at + ${channels / 4 + half}u] + coefficients[at + ${channels / 2 + half}u]`;
  return `@group(0) @binding(0) var<storage, read_write> spikes: array<u32>;
@group(0) @binding(1) var<storage, read> x: array<${input.format === 'f32' ? 'vec4<f32>' : 'vec4<u32>'}>;
${coefficients ? `@group(0) @binding(${coefficients}) var<storage, read> coefficients: array<vec4<f32>>;` : ''}
${membrane ? `@group(0) @binding(${(coefficients ?? 1) + 1}) var<storage, read_write> membrane: array<vec4<f32>>;` : ''}
// Twice: the bytes of a step are read while those of the next are written.
var<workgroup> bytes: array<u32, ${2 * THREADS}>;
fn spikeBits(fires: vec4<bool>) -> u32 {
  return u32(fires.x) | (u32(fires.y) << 1u) | (u32(fires.z) << 2u) | (u32(fires.w) << 3u);
}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let place = (id.y * 32768u + id.x) * ${THREADS}u + lane;
  let isInside = place < ${octets}u;
  let octet = min(place, ${octets - 1}u);
  let threshold = vec4<f32>(${float(neuron.threshold)});
  ${halves((half) => `var v${half} = vec4<f32>();`)}
  for (var t = 0u; t < ${steps}u; t++) {
    let slice = id.z * ${steps}u + t;
    let first = slice * ${rows * channels}u + octet * 8u;
    ${input.normalised ? `let at = (slice * ${3 * channels}u + octet * 8u % ${channels}u) / 4u;` : ''}
    ${values}
    ${halves(
      (
        half,
      ) => `let u${half} = v${half} + (${input.normalised ? normalised(half) : `x${half}`} - v${half}) / ${float(neuron.tau)};
    let fires${half} = u${half} > threshold;
    v${half} = select(u${half}, vec4<f32>(), fires${half});
    ${membrane ? `if (isInside) { membrane[first / 4u + ${half}u] = v${half}; }` : ''}`,
    )}
    let mine = (t & 1u) * ${THREADS}u + lane;
    bytes[mine] = spikeBits(fires0) | (spikeBits(fires1) << 4u);
    workgroupBarrier();
    if (isInside && lane % 4u == 0u) {
      let word = bytes[mine] | (bytes[mine + 1u] << 8u) | (bytes[mine + 2u] << 16u) | (bytes[mine + 3u] << 24u);
      spikes[(slice * ${octets}u + octet) / 4u] = word;
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
    let u = v + (x - v) / ${float(neuron.tau)};
    let fires = u > ${float(neuron.threshold)};
    v = select(u, 0.0, fires);
    spikes[place] = select(0.0, 1.0, fires);
    ${membrane ? 'membrane[place] = v;' : ''}
  }
}
`;
}

/** Where the gradient of the spikes comes from: its own values, or an average pool's gradient spread over windows. */
export interface SpikeGradient {
  readonly format: Exclude<ElementFormat, 'bits'>;
  readonly spread?: {
    readonly window: number;
    readonly height: number;
    readonly width: number;
    readonly pooledHeight: number;
    readonly pooledWidth: number;
  };
}

/** The gradient of a LIF, with the sums of BatchNorm's gradient where the input is normalised. */
export interface LifGradient {
  readonly shape: LifShape;
  readonly input: LifInput;
  readonly neuron: Neuron;
  readonly spikes: SpikeGradient;
  readonly membrane: boolean;
  readonly output: 'f32' | 'f16';
  /** Every slice's rows are cut into so many pieces. */
  readonly pieces: number;
}

const GRADIENT_THREADS = 128;

function gradientLanes({ shape: { channels } }: LifGradient) {
  const columns = Math.min(channels / 2, GRADIENT_THREADS);
  return { columns, lanes: Math.max(1, Math.floor(GRADIENT_THREADS / columns)) };
}

/** Workgroups: x pieces, y streams, z blocks of channel pairs. */
export function lifGradientGroups(kernel: LifGradient): [number, number, number] {
  const { columns } = gradientLanes(kernel);
  return [kernel.pieces, kernel.shape.streams, Math.ceil(kernel.shape.channels / 2 / columns)];
}

/** Reads the gradient of the spikes at row r of a slice. */
function spikeGradientAt({ shape, spikes: { spread } }: LifGradient): { perRow: string; value: string } {
  if (!spread) {
    return { perRow: '', value: 'readDs(place)' };
  }
  const { window, height, width, pooledHeight, pooledWidth } = spread;
  const pixels = height * width;
  const pooled = pooledHeight * pooledWidth;
  const { rows, channels } = shape;
  return {
    perRow: `let pooledY = (r % ${pixels}u) / ${width}u / ${window}u;
    let pooledX = r % ${width}u / ${window}u;
    let isPooled = pooledY < ${pooledHeight}u && pooledX < ${pooledWidth}u;
    let pooledAt = select(0u, ((r / ${pixels}u * ${pooledHeight}u + pooledY) * ${pooledWidth}u + pooledX) * ${channels}u, isPooled) + channel;
    let share = select(0.0, ${float(1 / window ** 2)}, isPooled);`,
    value: `readDs(slice * ${(rows / pixels) * pooled * channels}u + pooledAt) * share`,
  };
}

/**
 * Backpropagation through all time steps; the spike is detached inside the reset. Bindings: 0 dx, 1 x, 2 gradient of
 * the spikes, then coefficients and sums [slice, pieces, 2, channels] where normalised, then the gradient of the
 * membrane potential (f32) where there is one.
 */
export function lifGradientShader(kernel: LifGradient): string {
  const { shape, input, neuron, spikes, membrane, output, pieces } = kernel;
  const { steps, rows, channels } = shape;
  const { columns, lanes } = gradientLanes(kernel);
  const isUnrolled = steps <= MOST_UNROLLED_STEPS;
  const size = rows * channels;
  const perPiece = Math.ceil(rows / pieces);
  const forSteps = (body: (t: string) => string, backwards = false) => {
    if (!isUnrolled) {
      const loop = backwards
        ? `for (var back = 0u; back < ${steps}u; back++) { let t = ${steps - 1}u - back;`
        : `for (var t = 0u; t < ${steps}u; t++) {`;
      return `${loop}\n${body('t')}\n}`;
    }
    const order = range(steps);
    return (backwards ? order.reverse() : order).map((t) => `{ ${body(`${t}u`)} }`).join('\n');
  };
  const normalise = `let c = (slice * ${3 * channels}u + channel) / 2u;
      let centred = readX(place) - coefficients[c];
      offset[T] = centred;
      let x = centred * coefficients[c + ${channels / 2}u] + coefficients[c + ${channels}u];`;
  const gradient = spikeGradientAt(kernel);
  const place = (t: string) => `let slice = group.y * ${steps}u + ${t};
      let place = slice * ${size}u + r * ${channels}u + channel;`;
  return `${writablePairs(0, 'dx', output)}
${readablePairs(1, 'x', input.format)}
${readablePairs(2, 'ds', spikes.format)}
${input.normalised ? '@group(0) @binding(3) var<storage, read> coefficients: array<vec2<f32>>;\n@group(0) @binding(4) var<storage, read_write> sums: array<vec2<f32>>;' : ''}
${membrane ? readablePairs(input.normalised ? 5 : 3, 'dv', 'f32') : ''}
${surrogateFunction(neuron, 'vec2<f32>')}
${input.normalised ? `var<workgroup> parts: array<vec4<f32>, ${columns * lanes}>;` : ''}
@compute @workgroup_size(${columns * lanes})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let pair = group.z * ${columns}u + lane % ${columns}u;
  let channel = min(pair, ${channels / 2 - 1}u) * 2u;
  let row = lane / ${columns}u;
  var potential: array<vec2<f32>, ${steps}>;
  ${input.normalised ? `var offset: array<vec2<f32>, ${steps}>;\n  var total: array<vec4<f32>, ${steps}>;` : ''}
  let end = select(0u, min((group.x + 1u) * ${perPiece}u, ${rows}u), pair < ${channels / 2}u);
  for (var r = group.x * ${perPiece}u + row; r < end; r += ${lanes}u) {
    ${gradient.perRow}
    var v = vec2<f32>();
    ${forSteps(
      (t) => `${place(t)}
      ${input.normalised ? normalise.replace('[T]', `[${t}]`) : 'let x = readX(place);'}
      let u = v + (x - v) / ${float(neuron.tau)};
      potential[${t}] = u;
      v = select(u, vec2<f32>(), u > vec2<f32>(${float(neuron.threshold)}));`,
    )}
    var later = vec2<f32>();
    ${forSteps(
      (t) => `${place(t)}
      let u = potential[${t}];
      ${membrane ? 'later += readDv(place);' : ''}
      let silent = select(later, vec2<f32>(), u > vec2<f32>(${float(neuron.threshold)}));
      let du = silent + ${gradient.value} * surrogate(u - vec2<f32>(${float(neuron.threshold)}));
      let dx = du / ${float(neuron.tau)};
      later = du - dx;
      writeDx(place, dx);
      ${input.normalised ? `total[${t}] += vec4<f32>(dx, dx * offset[${t}]);` : ''}`,
      true,
    )}
  }
  ${
    input.normalised
      ? forSteps(
          (t) => `parts[lane] = total[${t}];
      workgroupBarrier();
      if (row == 0u && pair < ${channels / 2}u) {
        var sum = parts[lane];
        for (var other = 1u; other < ${lanes}u; other++) { sum += parts[lane + other * ${columns}u]; }
        let at = ((group.y * ${steps}u + ${t}) * ${pieces}u + group.x) * ${channels}u + channel / 2u;
        sums[at] = sum.xy;
        sums[at + ${channels / 2}u] = sum.zw;
      }
      workgroupBarrier();`,
        )
      : ''
  }
}
`;
}
