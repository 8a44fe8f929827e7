import type { LifAttributes } from '../../fusedKernels';

/** What the shaders of neurons need to know of them. */
export type Neuron = Pick<LifAttributes, 'tau' | 'threshold' | 'surrogate' | 'alpha'>;

/** A number as a WGSL f32 literal. */
export function float(value: number): string {
  const text = String(Math.fround(value));
  return /[.e]/.test(text) ? `${text}f` : `${text}.0f`;
}

/** WGSL of a value over tau; by a power of two a product gives the same bits and is faster. */
export function overTau(value: string, { tau }: Neuron): string {
  return Number.isInteger(Math.log2(tau)) ? `${value} * ${float(1 / tau)}` : `${value} / ${float(tau)}`;
}

/** Key of a neuron in caches of pipelines. */
export function neuronKey({ tau, threshold, surrogate, alpha }: Neuron): string {
  return `${tau},${threshold},${surrogate},${alpha}`;
}

/**
 * `surrogate(z)` for z = u - threshold, on `type` (f32 or a vector of f32); the cases of neurons/surrogate.ts.
 */
export function surrogateFunction(
  { surrogate, alpha }: Neuron,
  type: 'f32' | 'vec2<f32>' | 'vec4<f32>',
): string {
  const a = float(alpha);
  const of = (value: string) => `${type}(${value})`;
  const body = {
    qgate: `max(${of('0')}, ${of(a)} - ${of(float(alpha * alpha))} * abs(z))`,
    gate: `select(${of('0')}, ${of('1')}, abs(z) < ${of(float(1 / alpha))})`,
    rectangle: `select(${of('0')}, ${of('1')}, abs(z) < ${of('0.5')})`,
    arctan: `${of(float(alpha / 2))} / (${of('1')} + (${of(float((Math.PI / 2) * alpha))} * z) * (${of(float((Math.PI / 2) * alpha))} * z))`,
    sigmoid: `${of(a)} * (1 / (1 + exp(-${of(a)} * z))) * (1 - 1 / (1 + exp(-${of(a)} * z)))`,
  }[surrogate];
  return `fn surrogate(z: ${type}) -> ${type} { return ${body}; }
`;
}
