import type { TensorInfo } from '@tensorflow/tfjs-core';

/** The sizes of one BatchNorm: x has groups * rows rows of `channels` values, each group cut into `pieces`. */
export interface Slices {
  readonly groups: number;
  readonly rows: number;
  readonly channels: number;
  readonly pieces: number;
}

/** How a normalised tensor comes from its source: y = (x - mean) * scale + shift per slice and channel. */
export interface NormalisedSource {
  /** The source's values; alive as long as the normalised tensor is. */
  readonly x: TensorInfo;
  readonly slices: Slices;
  /** Address of [groups, 4, channels]: mean, scale, shift, unused. */
  readonly coefficients: number;
}

/** Sums that the BatchNorm gradient needs, made by the kernel that made its dy. */
export interface GradientSums {
  /** The BatchNorm's x. */
  readonly x: TensorInfo['dataId'];
  readonly groups: number;
  /** Address of [groups * pieces, 2, channels] float64: sums of dy and of dy (x - mean). */
  readonly sums: number;
  readonly pieces: number;
}

/**
 * What kernels know about tensors beyond their values, by data id. BatchNorm's output is often read by LIF only: the
 * LIF kernels then normalise on the fly, and the normalised values are never stored.
 */
export const normalisedSources = new WeakMap<TensorInfo['dataId'], NormalisedSource>();
export const gradientSums = new WeakMap<TensorInfo['dataId'], GradientSums>();
/** Number of spikes per stream of a spike tensor. */
export const spikeCounts = new WeakMap<TensorInfo['dataId'], readonly number[]>();
