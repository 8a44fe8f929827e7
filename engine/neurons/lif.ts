import * as tf from '@tensorflow/tfjs-core';
import { FUSED_KERNELS, type LifAttributes } from '../backends/fusedKernels';
import { hasFusedKernel, runFusedKernel, runSingleOutputKernel } from '../backends/fusedOp';
import { type SpikeOptions, type SpikeOutput, spikeSequences } from './spikeSequences';

/** Leaky integrate-and-fire neurons with a hard reset to 0 (methods.md 1.1). */
export interface LifOptions extends SpikeOptions {
  /** Membrane time constant in time steps, >= 1. */
  readonly tau: number;
}

/** What {@link lif} returns; both tensors have the shape of its input. */
export type LifOutput<T extends tf.Tensor> = SpikeOutput<T>;

/** {@link lif} composed of stock tfjs ops; gradients by autodiff. The oracle of the fused kernels. */
export function lifReference<T extends tf.Tensor>(x: T, options: LifOptions): LifOutput<T> {
  const { tau } = options;
  return spikeSequences(x, options, (input, v) =>
    v ? tf.add(v, tf.div(tf.sub(input, v), tau)) : tf.div(input, tau),
  );
}

/**
 * Leaky integrate-and-fire over all time steps: u = v + (x - v) / tau; s = u > threshold; v = s ? 0 : u
 * (methods.md 1.1, BPTT through all steps).
 * @param x synaptic input, float32, streams * steps * M elements ordered [stream, time step, M].
 */
export function lif<T extends tf.Tensor>(x: T, options: LifOptions): LifOutput<T> {
  if (!hasFusedKernel(FUSED_KERNELS.lif, x)) {
    return tf.tidy(
      () => lifReference(x, options) as unknown as tf.TensorContainer,
    ) as unknown as LifOutput<T>;
  }
  const { streams, steps, tau, threshold, surrogate, withMembrane = false } = options;
  const attributes: LifAttributes = {
    streams,
    steps,
    tau,
    threshold,
    surrogate: surrogate.name,
    alpha: surrogate.alpha,
    withMembrane,
  };
  const [spikes, membrane] = runFusedKernel(FUSED_KERNELS.lif, { x }, attributes);
  return withMembrane ? { spikes: spikes as T, membrane: membrane as T } : { spikes: spikes as T };
}

tf.registerGradient({
  kernelName: FUSED_KERNELS.lif,
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attributes) => {
    const [x] = saved as [tf.Tensor];
    const inputs: Record<string, tf.Tensor> = Array.isArray(dy)
      ? { x, dSpikes: dy[0] as tf.Tensor, dMembrane: dy[1] as tf.Tensor }
      : { x, dSpikes: dy };
    return { x: () => runSingleOutputKernel(FUSED_KERNELS.lifGradient, inputs, attributes) };
  },
});
