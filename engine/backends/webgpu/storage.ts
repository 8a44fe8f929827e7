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
  /** Mean, scale and shift of every group and channel (coefficients.wgsl.ts). */
  readonly coefficients: GPUBuffer;
}

/** The gradient of an average pool that is not stored: every value is its window's gradient over the window's size. */
export interface SpreadValues {
  readonly kind: 'spread';
  readonly source: TensorInfo;
  readonly window: number;
}

/**
 * The gradient of a LIF behind a BatchNorm, which is not stored: only its sums are, and BatchNorm's gradient computes it
 * again on the way to its own.
 */
export interface NeuronGradientValues {
  readonly kind: 'neuron gradient';
  /** What the BatchNorm normalised. */
  readonly x: DataId;
  /** f32 [groups, pieces, 2, channels]: sums of the gradient and of its product with x - mean. */
  readonly sums: GPUBuffer;
  readonly pieces: number;
  /** The gradient of the spikes it is made from. */
  readonly source: TensorInfo;
  /** Writes the gradient, or what it becomes through BatchNorm by the table of its gradient; x's memory will do. */
  write(output: Floats, table?: GPUBuffer): void;
}

/** Values and how they lie in memory. */
export interface Floats {
  readonly format: 'f32' | 'f16';
  readonly buffer: GPUBuffer;
}

/** As {@link Floats}, or spikes as bits. */
export interface Values {
  readonly format: 'f32' | 'f16' | 'bits';
  readonly buffer: GPUBuffer;
}

/** A gradient that was used up: its memory serves others, its values cannot be read. */
export interface FreedValues {
  readonly kind: 'freed';
}

/** How a tensor's values are kept when not as plain float32. */
export type Storage = PackedValues | NormalisedValues | SpreadValues | NeuronGradientValues | FreedValues;

/** Number of values of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return util.sizeFromShape([...shape]);
}
