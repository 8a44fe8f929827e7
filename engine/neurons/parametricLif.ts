import * as tf from '@tensorflow/tfjs-core';
import { FUSED_KERNELS, type LifAttributes } from '../backends/fusedKernels';
import { hasFusedKernel, runFusedKernel, runSingleOutputKernel } from '../backends/fusedOp';
import { type SpikeOptions, type SpikeOutput, spikeSequences } from './spikeSequences';

/** Backends whose values can be read at once: the LIF kernel takes its time constant as a number. */
const SYNCHRONOUS_BACKENDS: ReadonlySet<string> = new Set(['simd']);

/** Start value of w for a time constant: sigmoid(w) = 1 / tau. @param tau > 1, in time steps. */
export function decayParameter(tau: number): number {
  return -Math.log(tau - 1);
}

/** {@link parametricLif} composed of stock tfjs ops; gradients by autodiff. */
export function parametricLifReference<T extends tf.Tensor>(
  x: T,
  w: tf.Scalar,
  options: SpikeOptions,
): SpikeOutput<T> {
  const decay = tf.sigmoid(w);
  return spikeSequences(x, options, (input, v) =>
    v ? tf.add(v, tf.mul(tf.sub(input, v), decay)) : tf.mul(input, decay),
  );
}

/** v[t-1] of every step: the membrane one step later, 0 at the first step of a stream [streams, steps, M]. */
function previousMembrane(membrane: tf.Tensor, { streams, steps }: SpikeOptions): tf.Tensor3D {
  const width = membrane.size / (streams * steps);
  const sequences = tf.reshape(membrane, [streams, steps, width]);
  const earlier = tf.slice(sequences, [0, 0, 0], [streams, steps - 1, width]);
  return tf.concat([tf.zeros([streams, 1, width]), earlier], 1) as tf.Tensor3D;
}

/** dL/dw = sum dL/du (x - v[t-1]) sigmoid'(w), with dL/du = dL/dx / sigmoid(w). */
function decayGradient(
  { x, dx, membrane }: { x: tf.Tensor; dx: tf.Tensor; membrane: tf.Tensor },
  decay: number,
  options: SpikeOptions,
): tf.Scalar {
  const previous = previousMembrane(membrane, options);
  const difference = tf.sub(tf.reshape(x, previous.shape), previous);
  const total = tf.sum(tf.mul(tf.reshape(dx, previous.shape), difference));
  return tf.mul(total, 1 - decay) as tf.Scalar;
}

/** Spikes [1, ...x], or spikes and membrane [2, ...x], by the fused LIF kernels. */
function fusedStack(x: tf.Tensor, w: tf.Scalar, options: SpikeOptions): tf.Tensor {
  const { streams, steps, threshold, surrogate, withMembrane = false } = options;
  const decay = 1 / (1 + Math.exp(-(w.dataSync()[0] as number)));
  const shared = {
    streams,
    steps,
    tau: 1 / decay,
    threshold,
    surrogate: surrogate.name,
    alpha: surrogate.alpha,
  };
  const compute = tf.customGrad((...given) => {
    const [input, , save] = given as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const attributes: LifAttributes = { ...shared, withMembrane: true };
    const [spikes, membrane] = runFusedKernel(FUSED_KERNELS.lif, { x: input }, attributes) as [
      tf.Tensor,
      tf.Tensor,
    ];
    save([input, membrane]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [savedInput, savedMembrane] = saved as [tf.Tensor, tf.Tensor];
      const [dSpikes, dMembrane] = tf.unstack(dy);
      const inputs = { x: savedInput, dSpikes: dSpikes!, ...(withMembrane && { dMembrane: dMembrane! }) };
      const dx = runSingleOutputKernel(FUSED_KERNELS.lifGradient, inputs, { ...shared, withMembrane });
      return [dx, decayGradient({ x: savedInput, dx, membrane: savedMembrane }, decay, options)];
    };
    return { value: tf.stack(withMembrane ? [spikes, membrane] : [spikes]), gradFunc };
  });
  return compute(x, w);
}

/**
 * Parametric LIF (Fang et al. 2021): LIF whose 1 / tau is sigmoid(w), learned: u = v + (x - v) sigmoid(w);
 * s = u > threshold; v = s ? 0 : u. Differentiable in x and w.
 * @param x synaptic input, float32, streams * steps * M elements ordered [stream, time step, M].
 * @param w scalar, see {@link decayParameter}.
 */
export function parametricLif<T extends tf.Tensor>(
  x: T,
  w: tf.Scalar,
  options: SpikeOptions,
): SpikeOutput<T> {
  if (!hasFusedKernel(FUSED_KERNELS.lif) || !SYNCHRONOUS_BACKENDS.has(tf.getBackend())) {
    return parametricLifReference(x, w, options);
  }
  const stack = fusedStack(x, w, options);
  if (!options.withMembrane) {
    return { spikes: tf.reshape(stack, x.shape) as T };
  }
  const [spikes, membrane] = tf.unstack(stack);
  return { spikes: spikes as T, membrane: membrane as T };
}
