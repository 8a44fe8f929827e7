import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { type LifOptions, lif } from '../../../engine/neurons/lif';
import { surrogateDerivative } from '../../../engine/neurons/surrogate';
import { assertClose } from '../assertClose';
import { useCpuBackend, valuesOf } from '../tfjs';

const OPTIONS: LifOptions = {
  streams: 1,
  steps: 5,
  tau: 2,
  threshold: 0.5,
  surrogate: { name: 'qgate', alpha: 2 },
  withMembrane: true,
};
/** methods.md section 12. */
const INPUT = [1.2, -0.4, 0.9, 0.9, 2.0];

describe('LIF neurons (methods.md section 12)', () => {
  before(useCpuBackend);

  const spikesOf = (x: number[]) =>
    valuesOf(lif(tf.tensor1d(x), { ...OPTIONS, steps: x.length, withMembrane: false }).spikes);

  it('fires on the third of five equal inputs of 0.6', () => {
    assert.deepEqual(spikesOf([0.6, 0.6, 0.6, 0.6, 0.6]), [0, 0, 1, 0, 0]);
  });

  it('charges and resets as in the golden potentials', () => {
    const membraneOf = (input: number) => {
      const x = tf.fill([5], input) as tf.Tensor1D;
      return valuesOf(lif(x, OPTIONS).membrane!);
    };
    assertClose(membraneOf(0.6), [0.3, 0.45, 0, 0.3, 0.45], 1e-6);
    assertClose(membraneOf(1), [0.5, 0, 0.5, 0, 0.5], 1e-6);
  });

  it('does not fire at the threshold itself', () => {
    assert.deepEqual(spikesOf([1, 1, 1, 1]), [0, 1, 0, 1]);
  });

  it('gives spikes and membrane potential after the reset', () => {
    const { spikes, membrane } = lif(tf.tensor1d(INPUT), OPTIONS);
    assert.deepEqual(valuesOf(spikes), [1, 0, 0, 1, 1]);
    assertClose(valuesOf(membrane!), [0, -0.2, 0.35, 0, 0], 1e-6);
  });

  it('back-propagates through the spikes by QGate', () => {
    const gradient = tf.grad((x) => tf.sum(lif(x, OPTIONS).spikes))(tf.tensor1d(INPUT));
    assertClose(valuesOf(gradient), [0.8, 0.5375, 1.075, 0.75, 0], 1e-6);
  });

  it('back-propagates through the membrane with the spike detached in the reset', () => {
    const gradient = tf.grad((x) => tf.sum(lif(x, OPTIONS).membrane!))(tf.tensor1d(INPUT));
    assertClose(valuesOf(gradient), [0, 0.75, 0.5, 0, 0], 1e-6);
  });

  it('starts every stream with an empty membrane', () => {
    const twice = lif(tf.tensor1d([...INPUT, ...INPUT]), { ...OPTIONS, streams: 2 });
    const [first, second] = [valuesOf(twice.spikes).slice(0, 5), valuesOf(twice.spikes).slice(5)];
    assert.deepEqual(second, first);
  });
});

describe('surrogate gradients (methods.md 1.2)', () => {
  before(useCpuBackend);

  const at = (z: number[], name: Parameters<typeof surrogateDerivative>[1]['name'], alpha: number) =>
    valuesOf(surrogateDerivative(tf.tensor1d(z), { name, alpha }));

  it('qgate is a triangle of height alpha and area 1', () => {
    assertClose(at([-0.6, -0.5, -0.25, 0, 0.1, 0.5], 'qgate', 2), [0, 0, 1, 2, 1.6, 0], 1e-6);
  });

  it('gate is 1 inside 1 / alpha, rectangle inside 0.5', () => {
    assert.deepEqual(at([-0.24, 0.26], 'gate', 4), [1, 0]);
    assert.deepEqual(at([-0.49, 0.51], 'rectangle', 4), [1, 0]);
  });

  it('arctan and sigmoid peak at alpha / 2 and alpha / 4', () => {
    assertClose(at([0], 'arctan', 2), [1], 1e-6);
    assertClose(at([0], 'sigmoid', 2), [0.5], 1e-6);
    assert.ok(at([1], 'arctan', 2)[0]! < 0.2 && at([3], 'sigmoid', 2)[0]! < 0.01);
  });
});
