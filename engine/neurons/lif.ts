import * as tf from '@tensorflow/tfjs-core';
import { FUSED_KERNELS, type LifAttributes } from '../backends/fusedKernels';
import { hasFusedKernel, runFusedKernel, runSingleOutputKernel } from '../backends/fusedOp';
import { withGradient } from '../backends/withGradient';
import { type Surrogate, surrogateDerivative } from './surrogate';

/** Leaky integrate-and-fire neurons with a hard reset to 0 (methods.md 1.1). */
export interface LifOptions {
  /** Independent sequences laid one after the other; each starts with membrane potential 0. */
  readonly streams: number;
  /** T: time steps per stream. */
  readonly steps: number;
  /** Membrane time constant in time steps, >= 1. */
  readonly tau: number;
  /** The neuron fires where the membrane potential is strictly above it. */
  readonly threshold: number;
  readonly surrogate: Surrogate;
  /** Also return the membrane potential after the reset. */
  readonly withMembrane?: boolean;
}

/** What {@link lif} returns; both tensors have the shape of its input. */
export interface LifOutput<T extends tf.Tensor> {
  /** 0 or 1. */
  readonly spikes: T;
  /** Membrane potential after the reset; present with `withMembrane`. */
  readonly membrane?: T;
}

/** s = 1 where u > threshold, with the surrogate derivative in the backward pass. */
function fire(u: tf.Tensor, threshold: number, surrogate: Surrogate): tf.Tensor {
  return withGradient(u, (save) => {
    save([u]);
    return {
      value: tf.cast(tf.greater(u, threshold), 'float32'),
      gradFunc: (dy, [saved]) => tf.mul(dy, surrogateDerivative(tf.sub(saved!, threshold), surrogate)),
    };
  });
}

/** v = u where the neuron did not fire, else 0; the spike is detached, so dv/du = 1 - s. */
function reset(u: tf.Tensor, threshold: number): tf.Tensor {
  return withGradient(u, (save) => {
    const silent = tf.cast(tf.lessEqual(u, threshold), 'float32');
    save([silent]);
    return { value: tf.mul(u, silent), gradFunc: (dy, [saved]) => tf.mul(dy, saved!) };
  });
}

/** tf.unstack along the first axis, whose gradient fails where there is only one row (tfjs 4.22). */
function rowsOf(x: tf.Tensor): tf.Tensor[] {
  return x.shape[0] === 1 ? [tf.squeeze(x, [0])] : tf.unstack(x);
}

/** One stream [T, M]: charge, fire and reset step by step, in stock tfjs ops. */
function lifReferenceStream(x: tf.Tensor, { tau, threshold, surrogate }: LifOptions): [tf.Tensor, tf.Tensor] {
  const spikes: tf.Tensor[] = [];
  const membranes: tf.Tensor[] = [];
  let v: tf.Tensor | undefined;
  for (const input of rowsOf(x)) {
    const u = v ? tf.add(v, tf.div(tf.sub(input, v), tau)) : tf.div(input, tau);
    spikes.push(fire(u, threshold, surrogate));
    v = reset(u, threshold);
    membranes.push(v);
  }
  return [tf.stack(spikes), tf.stack(membranes)];
}

/** {@link lif} composed of stock tfjs ops; gradients by autodiff. The oracle of the fused kernels. */
export function lifReference<T extends tf.Tensor>(x: T, options: LifOptions): LifOutput<T> {
  const { streams, steps } = options;
  const sequences = rowsOf(tf.reshape(x, [streams, steps, x.size / (streams * steps)]));
  const outputs = sequences.map((sequence) => lifReferenceStream(sequence, options));
  const spikes = tf.reshape(tf.stack(outputs.map(([s]) => s)), x.shape) as T;
  const membrane = tf.reshape(tf.stack(outputs.map(([, v]) => v)), x.shape) as T;
  return options.withMembrane ? { spikes, membrane } : { spikes };
}

/**
 * Leaky integrate-and-fire over all time steps: u = v + (x - v) / tau; s = u > threshold; v = s ? 0 : u
 * (methods.md 1.1, BPTT through all steps).
 * @param x synaptic input, float32, streams * steps * M elements ordered [stream, time step, M].
 */
export function lif<T extends tf.Tensor>(x: T, options: LifOptions): LifOutput<T> {
  if (!hasFusedKernel(FUSED_KERNELS.lif)) {
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
