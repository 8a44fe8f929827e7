import * as tf from '@tensorflow/tfjs-core';
import { FUSED_KERNELS } from '../backends/fusedKernels';
import { hasFusedKernel, runFusedKernel } from '../backends/fusedOp';
import { withGradient } from '../backends/withGradient';

/** Keeps the quotient finite where a stream's features are constant, as in the authors' CKA.py. */
const CKA_EPSILON = 1e-7;

/**
 * A A^T per step. Its gradient (dK + dK^T) A is 2 dK A: CKA is symmetric in rows and columns of K, so dK is too.
 * @param a [T, B, D].
 */
function gram(a: tf.Tensor3D): tf.Tensor3D {
  return withGradient(a, (save) => {
    save([a]);
    return {
      value: tf.matMul(a, a, false, true),
      gradFunc: (dk, [saved]) => tf.matMul(tf.mul(dk, 2), saved!),
    };
  }) as tf.Tensor3D;
}

/** H K H for every step: subtract row and column means, add the grand mean. @param gram [T, B, B], symmetric. */
function centre(gram: tf.Tensor3D): tf.Tensor3D {
  const columnMeans = tf.mean(gram, 1, true);
  const rowMeans = tf.mean(gram, 2, true);
  const grandMean = tf.mean(columnMeans, 2, true);
  return tf.add(tf.sub(tf.sub(gram, columnMeans), rowMeans), grandMean);
}

/**
 * Norm of every step's matrix. Its gradient at 0 is 0, as PyTorch's is, not that of the root, which is infinite: where
 * no sample differs from another (a silent layer at the first steps) the alignment has nothing to say.
 * @param matrices [T, B, B]. @returns [T].
 */
function frobeniusNorm(matrices: tf.Tensor3D): tf.Tensor1D {
  return withGradient(matrices, (save) => {
    const norms = tf.sqrt(tf.sum(tf.square(matrices), [1, 2]));
    save([matrices, norms]);
    return {
      value: norms,
      gradFunc: (dNorms, [saved, savedNorms]) =>
        tf.mul(tf.reshape(tf.divNoNan(dNorms, savedNorms!), [-1, 1, 1]), saved!),
    };
  }) as tf.Tensor1D;
}

/** {@link centredAlignment} composed of stock tfjs ops; gradients by autodiff. */
export function centredAlignmentReference(k: tf.Tensor3D, l: tf.Tensor3D): tf.Tensor1D {
  const [kc, lc] = [centre(k), centre(l)];
  const alignment = tf.sum(tf.mul(kc, lc), [1, 2]);
  const norms = tf.mul(frobeniusNorm(kc), frobeniusNorm(lc));
  return tf.div(alignment, tf.add(norms, CKA_EPSILON));
}

/**
 * CKA of Gram matrices per time step: sum(Kc Lc) / (||Kc|| ||Lc|| + 1e-7).
 * @param k [T, B, B], symmetric. @param l as k.
 * @returns [T], in [0, 1].
 */
export function centredAlignment(k: tf.Tensor3D, l: tf.Tensor3D): tf.Tensor1D {
  if (!hasFusedKernel(FUSED_KERNELS.centredAlignment)) {
    return centredAlignmentReference(k, l);
  }
  const [cka] = runFusedKernel(FUSED_KERNELS.centredAlignment, { k, l }, { epsilon: CKA_EPSILON });
  return cka as tf.Tensor1D;
}

tf.registerGradient({
  kernelName: FUSED_KERNELS.centredAlignment,
  inputsToSave: ['k', 'l'],
  outputsToSave: [false, true],
  gradFunc: (dys, saved, attributes) => {
    const [dCka] = dys as [tf.Tensor, tf.Tensor];
    const [k, l, moments] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
    const inputs = { dCka, k, l, moments };
    // Computed here, not inside the closures: tfjs disposes what a closure makes and does not return.
    const [dK, dL] = runFusedKernel(FUSED_KERNELS.centredAlignmentGradient, inputs, attributes) as [
      tf.Tensor,
      tf.Tensor,
    ];
    return { k: () => dK, l: () => dL };
  },
});

/**
 * {@link linearCka} of two streams whose features lie one behind the other: one product makes both Gram matrices.
 * @param features [2, T, B, D]. @returns [T], in [0, 1].
 */
export function linearCkaOfStreams(features: tf.Tensor4D): tf.Tensor1D {
  const [, steps, batch, width] = features.shape;
  const grams = gram(tf.reshape(features, [2 * steps, batch, width]));
  const [k, l] = tf.unstack(tf.reshape(grams, [2, steps, batch, batch])) as [tf.Tensor3D, tf.Tensor3D];
  return centredAlignment(k, l);
}

/**
 * Linear CKA of two feature sets per time step, biased HSIC (methods.md 4.2):
 * K = A A^T, L = G G^T, CKA_t = sum(Kc Lc) / (||Kc|| ||Lc|| + 1e-7). Differentiable in both.
 * @param a features of one stream [T, B, D]. @param g of the other [T, B, D'].
 * @returns [T], in [0, 1].
 */
export function linearCka(a: tf.Tensor3D, g: tf.Tensor3D): tf.Tensor1D {
  return centredAlignment(gram(a), gram(g));
}
