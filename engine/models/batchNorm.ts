import * as tf from '@tensorflow/tfjs-core';
import { FUSED_KERNELS } from '../backends/fusedKernels';
import { hasFusedKernel, runFusedKernel, runSingleOutputKernel } from '../backends/fusedOp';

/** Added to the variance, as in PyTorch. */
export const BATCH_NORM_EPSILON = 1e-5;
/** Weight of a slice's statistics in the running statistics, as in PyTorch. */
export const BATCH_NORM_MOMENTUM = 0.1;

/** What {@link batchNormPerStep} returns. */
export interface BatchNormOutput {
  /** The shape of x. */
  readonly y: tf.Tensor4D;
  /** [groups, C]. */
  readonly mean: tf.Tensor2D;
  /** [groups, C], biased (divided by the number of values). */
  readonly variance: tf.Tensor2D;
}

/** {@link batchNormPerStep} composed of stock tfjs ops; gradients by autodiff. */
export function batchNormPerStepReference(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  groups: number,
): BatchNormOutput {
  const channels = x.shape[3];
  const rows = tf.reshape(x, [groups, x.size / (groups * channels), channels]);
  const mean = tf.mean(rows, 1, true);
  const centred = tf.sub(rows, mean);
  const variance = tf.mean(tf.square(centred), 1, true);
  const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, BATCH_NORM_EPSILON)));
  return {
    y: tf.reshape(tf.add(tf.mul(centred, scale), beta), x.shape),
    mean: tf.reshape(mean, [groups, channels]),
    variance: tf.reshape(variance, [groups, channels]),
  };
}

/**
 * Batch normalisation in training mode with statistics per slice: every stream and time step normalises over its own
 * (batch, H, W) (methods.md 2.5).
 * @param x [groups * batch, H, W, C], slices one after the other.
 * @param gamma scale [C]. @param beta shift [C].
 * @param groups number of slices: streams * time steps.
 */
export function batchNormPerStep(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  groups: number,
): BatchNormOutput {
  if (!hasFusedKernel(FUSED_KERNELS.batchNorm, x)) {
    return batchNormPerStepReference(x, gamma, beta, groups);
  }
  const attributes = { groups, epsilon: BATCH_NORM_EPSILON };
  const [y, mean, variance] = runFusedKernel(FUSED_KERNELS.batchNorm, { x, gamma, beta }, attributes);
  return { y: y as tf.Tensor4D, mean: mean as tf.Tensor2D, variance: variance as tf.Tensor2D };
}

tf.registerGradient({
  kernelName: FUSED_KERNELS.batchNorm,
  inputsToSave: ['x', 'gamma', 'beta'],
  outputsToSave: [false, true, true],
  gradFunc: (dys, saved, attributes) => {
    const [dy] = dys as tf.Tensor[];
    const [x, gamma, , mean, variance] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const inputs = { dy: dy as tf.Tensor, x, mean, variance, gamma };
    // Computed here, not inside the closures: tfjs disposes what a closure makes and does not return.
    const [dx, dGamma, dBeta] = runFusedKernel(FUSED_KERNELS.batchNormGradient, inputs, attributes) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    return { x: () => dx, gamma: () => dGamma, beta: () => dBeta };
  },
});

/**
 * Batch normalisation in evaluation mode, as one scale and shift per channel.
 * @param x [N, H, W, C]; the other arguments [C].
 */
export function batchNormInference(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  runningMean: tf.Tensor1D,
  runningVariance: tf.Tensor1D,
): tf.Tensor4D {
  const scale = tf.mul(gamma, tf.rsqrt(tf.add(runningVariance, BATCH_NORM_EPSILON)));
  const shift = tf.sub(beta, tf.mul(runningMean, scale));
  return hasFusedKernel(FUSED_KERNELS.channelAffine)
    ? runSingleOutputKernel(FUSED_KERNELS.channelAffine, { x, scale, shift })
    : tf.add(tf.mul(x, scale), shift);
}

/** Statistics of a BatchNorm in evaluation mode. */
export interface RunningStatistics {
  /** [C]. */
  readonly mean: tf.Tensor1D;
  /** [C], unbiased. */
  readonly variance: tf.Tensor1D;
}

/**
 * Both running statistics after one update per slice; PyTorch keeps the unbiased variance (methods.md 2.5).
 * @param output of {@link batchNormPerStep}. @param values that each statistic was taken over.
 */
export function updateRunningStatistics(
  running: RunningStatistics,
  { mean, variance }: Pick<BatchNormOutput, 'mean' | 'variance'>,
  values: number,
): RunningStatistics {
  const unbiasing = values / Math.max(values - 1, 1);
  if (hasFusedKernel(FUSED_KERNELS.runningStatistics)) {
    const inputs = { runningMean: running.mean, runningVariance: running.variance, mean, variance };
    const attributes = { momentum: BATCH_NORM_MOMENTUM, unbiasing };
    const updated = runFusedKernel(FUSED_KERNELS.runningStatistics, inputs, attributes);
    return { mean: updated[0] as tf.Tensor1D, variance: updated[1] as tf.Tensor1D };
  }
  return {
    mean: updateRunningStatistic(running.mean, mean),
    variance: updateRunningStatistic(running.variance, tf.mul(variance, unbiasing) as tf.Tensor2D),
  };
}

/**
 * Running statistics after one update per slice, in slice order: r <- (1 - momentum) r + momentum statistic,
 * unrolled to one weighted sum (methods.md 2.5).
 * @param running [C]. @param statistics [groups, C].
 */
function updateRunningStatistic(running: tf.Tensor1D, statistics: tf.Tensor2D): tf.Tensor1D {
  const groups = statistics.shape[0];
  const keep = 1 - BATCH_NORM_MOMENTUM;
  const weights = Array.from(
    { length: groups },
    (_, group) => BATCH_NORM_MOMENTUM * keep ** (groups - 1 - group),
  );
  const update = tf.sum(tf.mul(statistics, tf.tensor2d(weights, [groups, 1])), 0);
  return tf.add(tf.mul(running, keep ** groups), update);
}
