import type { ElementFormat } from './convolutionShape';
import { float } from './neuron.wgsl';
import { readablePairs, writablePairs } from './values.wgsl';

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

export function poolGroups({
  frames,
  pooledHeight,
  pooledWidth,
  channels,
}: PoolShape): [number, number, number] {
  const groups = Math.ceil((frames * pooledHeight * pooledWidth * channels) / 2 / THREADS);
  return [Math.min(groups, 32768), Math.ceil(groups / 32768), 1];
}

/** Bindings: 0 y, 1 x. */
export function averagePoolShader(shape: PoolShape, formats: { x: ElementFormat; y: 'f32' | 'f16' }): string {
  const { frames, height, width, channels, window, pooledHeight, pooledWidth } = shape;
  const size = frames * pooledHeight * pooledWidth * channels;
  return `${writablePairs(0, 'y', formats.y)}
${readablePairs(1, 'x', formats.x)}
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let i = ((id.y * 32768u + id.x) * ${THREADS}u + lane) * 2u;
  if (i >= ${size}u) { return; }
  let channel = i % ${channels}u;
  let pixel = i / ${channels}u;
  let x = pixel % ${pooledWidth}u * ${window}u;
  let y = pixel / ${pooledWidth}u % ${pooledHeight}u * ${window}u;
  let frame = pixel / ${pooledHeight * pooledWidth}u;
  var sum = vec2<f32>();
  for (var dy = 0u; dy < ${window}u; dy++) {
    for (var dx = 0u; dx < ${window}u; dx++) {
      sum += readX(((frame * ${height}u + y + dy) * ${width}u + x + dx) * ${channels}u + channel);
    }
  }
  writeY(i, sum * ${float(1 / window ** 2)});
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
