import { range } from './matrixTile.wgsl';

/**
 * WGSL that reads and writes neighbouring channels of a tensor in one go: GPUs reach their memory's speed only where
 * an invocation takes 16 bytes at once, or several smaller pieces without waiting for each.
 */

/** Channels that an invocation takes at once. */
export type Width = 2 | 4 | 8;
export type FloatFormat = 'f32' | 'f16';

/** How `width` neighbouring values lie in memory, and what they are in a shader: `parts` vectors of f32. */
export interface Vectors {
  readonly width: Width;
  /** Type of the binding's elements: `width` values. */
  readonly element: string;
  /** Type of a part. */
  readonly vector: 'vec2<f32>' | 'vec4<f32>';
  readonly parts: number;
  /** A part of an element as a vector. */
  part(element: string, index: number): string;
  /** An element of all its parts. Halves are not clamped: gradients must overflow visibly. */
  pack(parts: readonly string[]): string;
}

const BYTES = { f32: 4, f16: 2 } as const;
const MOST_BYTES = 16;

/** The most values up to `most` that all formats read in one go and that divide the channels (an even number). */
export function widthFor(channels: number, formats: readonly FloatFormat[], most: Width): Width {
  const fits = (width: Width) =>
    width <= most && channels % width === 0 && formats.every((format) => width * BYTES[format] <= MOST_BYTES);
  return ([8, 4] as const).find(fits) ?? 2;
}

/** @param width at most 4 for f32. */
export function vectorsOf(format: FloatFormat, width: Width): Vectors {
  const vector = width === 2 ? 'vec2<f32>' : 'vec4<f32>';
  const parts = width === 8 ? 2 : 1;
  if (format === 'f32') {
    return {
      width,
      element: vector,
      vector,
      parts,
      part: (element) => element,
      pack: ([only]) => only as string,
    };
  }
  if (width === 2) {
    return {
      ...{ width, element: 'u32', vector, parts },
      part: (element) => `unpack2x16float(${element})`,
      pack: ([only]) => `pack2x16float(${only})`,
    };
  }
  const element = `vec${width / 2}<u32>`;
  return {
    ...{ width, element, vector, parts },
    part: (name, index) => {
      const [low, high] = index === 0 ? 'xy' : 'zw';
      return `vec4<f32>(unpack2x16float(${name}.${low}), unpack2x16float(${name}.${high}))`;
    },
    pack: (values) =>
      `${element}(${values.flatMap((value) => [`pack2x16float(${value}.xy)`, `pack2x16float(${value}.zw)`]).join(', ')})`,
  };
}

/** Lines for 0 to count - 1. */
export const lines = (count: number, line: (index: number) => string) => range(count).map(line).join('\n');
