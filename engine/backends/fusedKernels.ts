import type { PackedInput } from '../datasets/packedFrames';
import type { SurrogateName } from '../neurons/surrogate';

/**
 * The contract of SpikeBridge's fused kernels. A backend implements any subset by registering tfjs kernels under
 * these names; an op whose kernel is missing runs its reference composition of stock tfjs ops (see each op's file).
 *
 * Layout everywhere: activations are NHWC with the outer axis [streams * steps * batch], row-major, so one "slice"
 * (one stream at one time step) is a contiguous block of `batch` rows. Streams: 0 = static, 1 = event (or the only
 * one). All tensors are float32.
 */
export const FUSED_KERNELS = {
  expandInput: 'ExpandInput',
  convolution: 'SpikeConv2d',
  convolutionFilterGradient: 'SpikeConv2dFilterGradient',
  convolutionInputGradient: 'SpikeConv2dInputGradient',
  batchNorm: 'BatchNormPerStep',
  batchNormGradient: 'BatchNormPerStepGradient',
  runningStatistics: 'RunningStatistics',
  channelAffine: 'ChannelAffine',
  lif: 'Lif',
  lifGradient: 'LifGradient',
  adamW: 'AdamWUpdate',
  tetLoss: 'TetLoss',
  tetLossGradient: 'TetLossGradient',
  tetLossWeightGradient: 'TetLossWeightGradient',
  centredAlignment: 'CentredAlignment',
  centredAlignmentGradient: 'CentredAlignmentGradient',
  alignmentLoss: 'AlignmentLoss',
  alignmentLossGradient: 'AlignmentLossGradient',
  spikeRates: 'SpikeRates',
} as const;

export type FusedKernelName = (typeof FUSED_KERNELS)[keyof typeof FUSED_KERNELS];

/**
 * `ExpandInput`: no input tensors -> the values of a packed input (datasets/packedFrames.ts), float32 of `shape`
 * [rows, H, W, C]. Its memory may be overwritten when the kernel has returned.
 */
export interface ExpandInputAttributes {
  readonly input: PackedInput;
  readonly shape: readonly [number, number, number, number];
}

/**
 * Convolution without bias; inputs are mostly zeros (spikes, pooled spikes, event counts).
 * - `SpikeConv2d`: inputs x [N,H,W,CI], filter [KH,KW,CI,CO] -> [N,OH,OW,CO],
 *   OH = floor((H + 2 padding - KH) / stride) + 1, zero padding on all four sides.
 * - `SpikeConv2dFilterGradient`: inputs x, dy -> [KH,KW,CI,CO] (attribute `shape`).
 * - `SpikeConv2dInputGradient`: inputs dy, filter -> [N,H,W,CI] (attribute `shape`).
 */
export interface ConvolutionAttributes {
  readonly stride: number;
  readonly padding: number;
}
export interface ConvolutionGradientAttributes extends ConvolutionAttributes {
  /** Shape of the result: the filter's for the filter gradient, the input's for the input gradient. */
  readonly shape: readonly [number, number, number, number];
  /** Nobody reads dy after this kernel: a backend may free its memory at once. */
  readonly isLastUse?: boolean;
}

/**
 * Batch normalisation with statistics per slice (methods.md 2.5): x [groups * B, H, W, C] is normalised per group
 * and channel over (B, H, W) with the biased variance; gamma and beta [C] are shared by all groups.
 * - `BatchNormPerStep`: inputs x, gamma, beta -> [y (as x), mean [groups, C], variance [groups, C] (biased)].
 * - `BatchNormPerStepGradient`: inputs dy, x, mean, variance, gamma -> [dx (as x), dGamma [C], dBeta [C]].
 * Sums are accumulated in float64 (or compensated): golden parity needs the spikes to agree.
 */
export interface BatchNormAttributes {
  readonly groups: number;
  readonly epsilon: number;
}

/**
 * `RunningStatistics`: inputs runningMean [C], runningVariance [C], mean [groups, C], variance [groups, C] (biased) ->
 * [runningMean [C], runningVariance [C]] after one update per group, in order:
 * r <- (1 - momentum) r + momentum statistic, the variance times `unbiasing` = n / (n - 1).
 */
export interface RunningStatisticsAttributes {
  readonly momentum: number;
  readonly unbiasing: number;
}

/** `ChannelAffine`: inputs x [..., C], scale [C], shift [C] -> x * scale + shift (evaluation-mode BatchNorm). */
export type ChannelAffineAttributes = Record<never, never>;

/**
 * Leaky integrate-and-fire neurons over all steps (methods.md 1.1), membrane starting at 0 for each stream:
 * u = v + (x - v) / tau; s = u > threshold; v = s ? 0 : u.
 * x has streams * steps * M elements, ordered [stream, step, M].
 * - `Lif`: input x -> [spikes (as x)] or, with `withMembrane`, [spikes, membrane v after the reset (as x)].
 * - `LifGradient`: inputs x, dSpikes and, with `withMembrane`, dMembrane -> dx (as x); the spike is detached inside
 *   the reset: dL/du = dL/dv (1 - s) + dL/ds g(u - threshold), with dL/dv including the next step's share.
 */
export interface LifAttributes {
  readonly streams: number;
  readonly steps: number;
  readonly tau: number;
  readonly threshold: number;
  readonly surrogate: SurrogateName;
  readonly alpha: number;
  readonly withMembrane: boolean;
}

/**
 * One AdamW step over all n parameters (decoupled weight decay, torch.optim.AdamW):
 * p *= 1 - learningRate * weightDecay; m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
 * p -= learningRate * (m / (1 - beta1^step)) / (sqrt(v / (1 - beta2^step)) + epsilon).
 * Inputs parameters, gradients, firstMoments, secondMoments: arrays of n tensors each.
 * Output: 3n tensors: all parameters, then all first moments, then all second moments. They may be in the memory of
 * the inputs, which nobody may read any more; a tensor that shares its values with one outside the inputs stays as it is.
 */
export interface AdamWAttributes {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** One per parameter. */
  readonly weightDecays: readonly number[];
  /** Counts from 1. */
  readonly step: number;
  /** Multiplies every gradient first: the inverse of the backend's loss scale, 1 where it has none (stepSupport.ts). */
  readonly gradientScale?: number;
}

/**
 * The TET loss (methods.md 4.3, methods/classificationLoss.ts): logits z [T, B, C], one-hot labels [B, C],
 * (1/T) sum_t [(1 - tetLambda) r_t CE_t + tetLambda r'_t Q_t], CE_t the mean cross-entropy of a step's rows with label
 * smoothing, Q_t = mean (z_t - tetTarget)^2, or T times that of the last step and 0 for the others (lastLevelOnly).
 * - `TetLoss`: inputs logits, oneHot, crossEntropyWeights r [T], levelWeights r' [T] -> [loss, [CE_t, Q_t] [2, T]].
 * - `TetLossGradient`: inputs dLoss and those four -> dLogits.
 * - `TetLossWeightGradient`: inputs dLoss, perStep (the second output) -> [dR [T], dR' [T]].
 */
export interface TetLossAttributes {
  readonly tetLambda: number;
  readonly tetTarget: number;
  readonly labelSmoothing: number;
  readonly lastLevelOnly: boolean;
}

/**
 * Linear CKA of Gram matrices (methods.md 4.2, methods/linearCka.ts), k and l symmetric [T, B, B]; without attributes
 * but epsilon.
 * - `CentredAlignment`: inputs k, l -> [CKA_t [T], moments as the backend likes them].
 * - `CentredAlignmentGradient`: inputs dCka [T], k, l, moments -> [dK, dL] (as k), both symmetric.
 */
export interface CentredAlignmentAttributes {
  readonly epsilon: number;
}

/**
 * L_da = (1/T) sum_t w_t (1 - |CKA_t|) (methods.md 4.2, methods/alignmentLoss.ts); no attributes.
 * - `AlignmentLoss`: inputs cka [T], weights [T] -> scalar.
 * - `AlignmentLossGradient`: inputs dLoss, cka, weights -> [dCka [T], dWeights [T]].
 */
export type AlignmentLossAttributes = Record<never, never>;

/** `SpikeRates`: input spikes of `streams` equal parts -> their means [streams]. */
export interface SpikeRatesAttributes {
  readonly streams: number;
}
