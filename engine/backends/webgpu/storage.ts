import { type TensorInfo, util } from '@tensorflow/tfjs-core';

export type DataId = TensorInfo['dataId'];

/** Values kept in fewer bytes than tfjs knows of: halves, or one bit per spike, in the order of the values. */
export interface PackedValues {
  readonly kind: 'packed';
  readonly format: 'f16' | 'bits';
  readonly buffer: GPUBuffer;
}

/**
 * BatchNorm's output that is not stored: y = (x - mean) * scale + shift with the slice's coefficients. LIF kernels
 * normalise on the fly.
 */
export interface NormalisedValues {
  readonly kind: 'normalised';
  readonly x: TensorInfo;
  readonly groups: number;
  /** f32 [groups, 3, channels]: mean, scale, shift. */
  readonly coefficients: GPUBuffer;
}

/** The gradient of an average pool that is not stored: every value is its window's gradient over the window's size. */
export interface SpreadValues {
  readonly kind: 'spread';
  readonly source: TensorInfo;
  readonly window: number;
}

/** A gradient that was used up: its memory serves others, its values cannot be read. */
export interface FreedValues {
  readonly kind: 'freed';
}

/** How a tensor's values are kept when not as plain float32. */
export type Storage = PackedValues | NormalisedValues | SpreadValues | FreedValues;

/** Sums that BatchNorm's gradient needs, made by the kernel that made its dy. */
export interface GradientSums {
  readonly x: DataId;
  /** f32 [groups, pieces, 2, channels]: sums of dy and of dy (x - mean). */
  readonly sums: GPUBuffer;
  readonly pieces: number;
}

/** Number of values of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return util.sizeFromShape([...shape]);
}
