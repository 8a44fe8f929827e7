import * as tf from '@tensorflow/tfjs-core';
import { FUSED_KERNELS, type TetLossAttributes } from '../backends/fusedKernels';
import { hasFusedKernel, runFusedKernel, runSingleOutputKernel } from '../backends/fusedOp';
import type { LossConfiguration } from './methodSchema';
import type { StepWeights } from './stepWeights';

/**
 * Softmax cross-entropy per row: (1 - s) NLL + s * mean over classes of -log p (methods.md 4.3).
 * @param logits [..., C]. @param oneHot [B, C]. @param smoothing s in [0, 1].
 * @returns [...]: the loss of every row.
 */
export function crossEntropy(logits: tf.Tensor, oneHot: tf.Tensor2D, smoothing: number): tf.Tensor {
  const logProbabilities = tf.logSoftmax(logits);
  const likelihood = tf.neg(tf.sum(tf.mul(logProbabilities, oneHot), -1));
  if (smoothing === 0) {
    return likelihood;
  }
  const uniform = tf.neg(tf.mean(logProbabilities, -1));
  return tf.add(tf.mul(likelihood, 1 - smoothing), tf.mul(uniform, smoothing));
}

const weigh = (steps: tf.Tensor, weights?: tf.Tensor1D) => (weights ? tf.mul(steps, weights) : steps);

/** The level term of every step, with what the loss leaves out set to 0 [T]. The last step stands for all T. */
function levelOf(logits: tf.Tensor3D, { tetTarget, tetLevel }: LossConfiguration): tf.Tensor {
  const level = tf.mean(tf.square(tf.sub(logits, tetTarget)), [1, 2]);
  if (tetLevel === 'every-step') {
    return level;
  }
  const steps = logits.shape[0];
  const lastOnly = Array.from({ length: steps }, (_, step) => (step === steps - 1 ? steps : 0));
  return tf.mul(level, tf.tensor1d(lastOnly));
}

/** {@link tetLoss} composed of stock tfjs ops; gradients by autodiff. */
export function tetLossReference(
  logits: tf.Tensor3D,
  oneHot: tf.Tensor2D,
  loss: LossConfiguration,
  { crossEntropy: r, level }: Pick<StepWeights, 'crossEntropy' | 'level'> = {},
): tf.Scalar {
  const { tetLambda, labelSmoothing } = loss;
  const perStep = tf.mean(crossEntropy(logits, oneHot, labelSmoothing), 1);
  const weighted = weigh(tf.mul(perStep, 1 - tetLambda), r);
  return tf.mean(tf.add(weighted, weigh(tf.mul(levelOf(logits, loss), tetLambda), level)));
}

/**
 * TET (methods.md 4.3): (1/T) sum_t [(1 - lambda) r_t CE_t + lambda r'_t Q_t], Q_t = mean (z_t - target)^2.
 * @param logits [T, B, C]. @param oneHot [B, C].
 * @param stepWeights r_t and r'_t [T]; 1 where absent.
 */
export function tetLoss(
  logits: tf.Tensor3D,
  oneHot: tf.Tensor2D,
  loss: LossConfiguration,
  weights: Pick<StepWeights, 'crossEntropy' | 'level'> = {},
): tf.Scalar {
  if (!hasFusedKernel(FUSED_KERNELS.tetLoss)) {
    return tetLossReference(logits, oneHot, loss, weights);
  }
  const ones = () => tf.ones([logits.shape[0]]);
  const { crossEntropy: crossEntropyWeights = ones(), level: levelWeights = ones() } = weights;
  const { tetLambda, tetTarget, labelSmoothing, tetLevel } = loss;
  const attributes: TetLossAttributes = {
    tetLambda,
    tetTarget,
    labelSmoothing,
    lastLevelOnly: tetLevel !== 'every-step',
  };
  const inputs = { logits, oneHot, crossEntropyWeights, levelWeights };
  return runFusedKernel(FUSED_KERNELS.tetLoss, inputs, attributes)[0] as tf.Scalar;
}

tf.registerGradient({
  kernelName: FUSED_KERNELS.tetLoss,
  inputsToSave: ['logits', 'oneHot', 'crossEntropyWeights', 'levelWeights'],
  outputsToSave: [false, true],
  gradFunc: (dys, saved, attributes) => {
    const [dLoss] = dys as tf.Tensor[];
    const [logits, oneHot, crossEntropyWeights, levelWeights, perStep] = saved as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const inputs = { logits, oneHot, crossEntropyWeights, levelWeights, dLoss: dLoss as tf.Tensor };
    // Computed here, not inside the closures: tfjs disposes what a closure makes and does not return.
    const weightInputs = { dLoss: dLoss as tf.Tensor, perStep };
    const [dR, dLevelWeights] = runFusedKernel(
      FUSED_KERNELS.tetLossWeightGradient,
      weightInputs,
      attributes,
    ) as [tf.Tensor, tf.Tensor];
    return {
      logits: () => runSingleOutputKernel(FUSED_KERNELS.tetLossGradient, inputs, attributes),
      crossEntropyWeights: () => dR,
      levelWeights: () => dLevelWeights,
    };
  },
});

/** Cross-entropy of the mean over time steps (methods.md 4.3, non-TET form). @param logits [T, B, C]. */
export function meanLogitsLoss(
  logits: tf.Tensor3D,
  oneHot: tf.Tensor2D,
  { labelSmoothing }: LossConfiguration,
): tf.Scalar {
  return tf.mean(crossEntropy(tf.mean(logits, 0), oneHot, labelSmoothing));
}

/** The configured classification loss; step weights apply to TET only, as in the authors' code. */
export function classificationLoss(
  logits: tf.Tensor3D,
  oneHot: tf.Tensor2D,
  loss: LossConfiguration,
  stepWeights?: StepWeights,
): tf.Scalar {
  return loss.classification === 'tet'
    ? tetLoss(logits, oneHot, loss, stepWeights)
    : meanLogitsLoss(logits, oneHot, loss);
}
