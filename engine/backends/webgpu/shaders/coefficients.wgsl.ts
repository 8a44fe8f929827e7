import { vectorsOf, type Width } from './vectors.wgsl';

/** BatchNorm's coefficients: f32 [groups, rows, channels]. */

/** What BatchNorm's output is made with: y = (x - mean) * scale + shift. */
export const NORM = ['mean', 'scale', 'shift'] as const;
/** What BatchNorm's gradient is made with, see gradientTableShader. */
export const GRADIENT_TABLE = ['mean', 'scale', 'average', 'slope'] as const;

/** Declares coefficients that are read as vectors of `width` channels: `name[group][row][channel / width]`. */
export function readableCoefficients(
  binding: number,
  { name, rows }: { name: string; rows: readonly string[] },
  channels: number,
  width: Width,
): string {
  const { vector } = vectorsOf('f32', width);
  const row = `array<${vector}, ${channels / width}>`;
  return `@group(0) @binding(${binding}) var<storage, read> ${name}: array<array<${row}, ${rows.length}>>;`;
}

/** WGSL that takes a group's norm of the channels of `chunk` into `mean`, `scale` and `shift`, with a suffix. */
export const takeNorm = (group: string, chunk: string, suffix: string | number = '') =>
  NORM.map((row, index) => `let ${row}${suffix} = coefficients[${group}][${index}][${chunk}];`).join('\n');
