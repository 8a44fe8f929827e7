import type { ElementFormat } from './convolutionShape';

/**
 * WGSL that reads and writes single values or pairs of neighbouring values of a tensor in any format. Halves are read
 * as words and unpacked, which every GPU can do.
 */

/** Values of the array type's element per binding. */
const ARRAY_TYPES = { f32: 'f32', f16: 'u32', bits: 'u32' } as const;

/** Declares a tensor that is read; `readName(i)` gives value i as f32. */
export function readable(binding: number, name: string, format: ElementFormat): string {
  const capital = capitalised(name);
  const value = {
    f32: `${name}[i]`,
    f16: `unpack2x16float(${name}[i >> 1u])[i & 1u]`,
    bits: `f32((${name}[i >> 5u] >> (i & 31u)) & 1u)`,
  }[format];
  return `@group(0) @binding(${binding}) var<storage, read> ${name}: array<${ARRAY_TYPES[format]}>;
fn read${capital}(i: u32) -> f32 { return ${value}; }
`;
}

/** Declares a tensor that is read in pairs; `readName(i)` gives values i and i + 1, i even. */
export function readablePairs(binding: number, name: string, format: ElementFormat, access = 'read'): string {
  const capital = capitalised(name);
  const type = format === 'f32' ? 'vec2<f32>' : 'u32';
  const value = {
    f32: `${name}[i >> 1u]`,
    f16: `unpack2x16float(${name}[i >> 1u])`,
    bits: `vec2<f32>(vec2<u32>(extractBits(${name}[i >> 5u], i & 31u, 1u), extractBits(${name}[i >> 5u], (i & 31u) + 1u, 1u)))`,
  }[format];
  return `@group(0) @binding(${binding}) var<storage, ${access}> ${name}: array<${type}>;
fn read${capital}(i: u32) -> vec2<f32> { return ${value}; }
`;
}

/** Declares a tensor that is written in pairs; `writeName(i, pair)`. */
export function writablePairs(binding: number, name: string, format: 'f32' | 'f16'): string {
  const type = format === 'f32' ? 'vec2<f32>' : 'u32';
  return `@group(0) @binding(${binding}) var<storage, read_write> ${name}: array<${type}>;
${pairWriter(name, format)}`;
}

/** The writer alone, for a tensor declared by {@link readablePairs} with access read_write. */
export function pairWriter(name: string, format: 'f32' | 'f16'): string {
  const packed = format === 'f32' ? 'pair' : 'pack2x16float(pair)';
  return `fn write${capitalised(name)}(i: u32, pair: vec2<f32>) { ${name}[i >> 1u] = ${packed}; }
`;
}

/** The largest half. */
export const LARGEST_HALF = 65504;

/** Halves of activations stay finite; an overflow of gradients must be found. */
export type HalvesKind = 'activation' | 'gradient';

/**
 * WGSL of a pair (vec2<f32>) as halves in a word. Activations beyond the range of halves become the largest half;
 * gradients become infinite, which the overflow check finds.
 */
export function packedHalves(pair: string, kind: HalvesKind): string {
  const clamped = `clamp(${pair}, vec2<f32>(-${LARGEST_HALF}.0), vec2<f32>(${LARGEST_HALF}.0))`;
  return `pack2x16float(${kind === 'activation' ? clamped : pair})`;
}

function capitalised(name: string): string {
  return (name[0] as string).toUpperCase() + name.slice(1);
}
