import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from '../backends/withGradient';
import { type Surrogate, surrogateDerivative } from './surrogate';

/** What all neuron models share: streams of T steps, threshold, hard reset to 0 (methods.md 1.1). */
export interface SpikeOptions {
  /** Independent sequences laid one after the other; each starts with membrane potential 0. */
  readonly streams: number;
  /** T: time steps per stream. */
  readonly steps: number;
  /** The neuron fires where the membrane potential is strictly above it. */
  readonly threshold: number;
  readonly surrogate: Surrogate;
  /** Also return the membrane potential after the reset. */
  readonly withMembrane?: boolean;
}

/** Spikes and membrane potential; both tensors have the shape of the input. */
export interface SpikeOutput<T extends tf.Tensor> {
  /** 0 or 1. */
  readonly spikes: T;
  /** Membrane potential after the reset; present with `withMembrane`. */
  readonly membrane?: T;
}

/** u[t] of the input and v[t-1]; v is absent at the first step, where it is 0. */
export type Charge = (input: tf.Tensor, v?: tf.Tensor) => tf.Tensor;

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

/** One stream [T, M]: charge, fire and reset step by step. */
function spikeSequence(
  x: tf.Tensor,
  { threshold, surrogate }: SpikeOptions,
  charge: Charge,
): [tf.Tensor, tf.Tensor] {
  const spikes: tf.Tensor[] = [];
  const membranes: tf.Tensor[] = [];
  let v: tf.Tensor | undefined;
  for (const input of rowsOf(x)) {
    const u = charge(input, v);
    spikes.push(fire(u, threshold, surrogate));
    v = reset(u, threshold);
    membranes.push(v);
  }
  return [tf.stack(spikes), tf.stack(membranes)];
}

/**
 * Any neuron model over all time steps in stock tfjs ops; gradients by autodiff (BPTT through all steps).
 * @param x synaptic input, float32, streams * steps * M elements ordered [stream, time step, M].
 */
export function spikeSequences<T extends tf.Tensor>(
  x: T,
  options: SpikeOptions,
  charge: Charge,
): SpikeOutput<T> {
  const { streams, steps } = options;
  const sequences = rowsOf(tf.reshape(x, [streams, steps, x.size / (streams * steps)]));
  const outputs = sequences.map((sequence) => spikeSequence(sequence, options, charge));
  const spikes = tf.reshape(tf.stack(outputs.map(([s]) => s)), x.shape) as T;
  const membrane = tf.reshape(tf.stack(outputs.map(([, v]) => v)), x.shape) as T;
  return options.withMembrane ? { spikes, membrane } : { spikes };
}
