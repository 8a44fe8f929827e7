import * as tf from '@tensorflow/tfjs-core';
import { FUSED_KERNELS } from '../backends/fusedKernels';
import { hasFusedKernel, runFusedKernel, runSingleOutputKernel } from '../backends/fusedOp';
import type { AlignmentConfiguration, MixerConfiguration } from './methodSchema';

/** {@link alignmentLoss} composed of stock tfjs ops; gradients by autodiff. */
export function alignmentLossReference(cka: tf.Tensor1D, weights?: tf.Tensor1D): tf.Scalar {
  const distance = tf.sub(1, tf.abs(cka));
  return tf.mean(weights ? tf.mul(distance, weights) : distance);
}

/** L_da = (1/T) sum_t w_t (1 - |CKA_t|), w_t = sigmoid(eta_t), c or 1 (methods.md 4.2). @param cka [T]. */
export function alignmentLoss(cka: tf.Tensor1D, weights?: tf.Tensor1D): tf.Scalar {
  return hasFusedKernel(FUSED_KERNELS.alignmentLoss)
    ? runSingleOutputKernel(FUSED_KERNELS.alignmentLoss, { cka, weights: weights ?? tf.onesLike(cka) })
    : alignmentLossReference(cka, weights);
}

tf.registerGradient({
  kernelName: FUSED_KERNELS.alignmentLoss,
  inputsToSave: ['cka', 'weights'],
  gradFunc: (dLoss, saved) => {
    const [cka, weights] = saved as [tf.Tensor, tf.Tensor];
    // Computed here, not inside the closures: tfjs disposes what a closure makes and does not return.
    const inputs = { dLoss: dLoss as tf.Tensor, cka, weights };
    const [dCka, dWeights] = runFusedKernel(FUSED_KERNELS.alignmentLossGradient, inputs) as [
      tf.Tensor,
      tf.Tensor,
    ];
    return { cka: () => dCka, weights: () => dWeights };
  },
});

/** Weight of L_da in the total; a hard switch drops the alignment, as the authors' code does (methods.md 4.4). */
export function alignmentWeight(alignment: AlignmentConfiguration, mixer: MixerConfiguration): number {
  return alignment.kind === 'none' || mixer.kind === 'hard-switch' ? 0 : alignment.weight;
}
