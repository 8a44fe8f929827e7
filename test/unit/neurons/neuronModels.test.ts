import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { integrateAndFire } from '../../../engine/neurons/integrateAndFire';
import { lif } from '../../../engine/neurons/lif';
import { decayParameter, parametricLif } from '../../../engine/neurons/parametricLif';
import { assertClose } from '../assertClose';
import { useCpuBackend, valuesOf } from '../tfjs';

const OPTIONS = {
  streams: 1,
  steps: 5,
  threshold: 0.5,
  surrogate: { name: 'qgate', alpha: 2 },
  withMembrane: true,
} as const;
const INPUT = [1.2, -0.4, 0.9, 0.9, 2.0];

describe('integrate-and-fire neurons', () => {
  before(useCpuBackend);

  it('add up their input without leak and reset to 0', () => {
    const { spikes, membrane } = integrateAndFire(tf.tensor1d([0.2, 0.2, 0.2, -0.1, 0.6]), OPTIONS);
    assert.deepEqual(valuesOf(spikes), [0, 0, 1, 0, 0]);
    assertClose(valuesOf(membrane!), [0.2, 0.4, 0, -0.1, 0.5], 1e-6);
  });

  it('pass gradients through all earlier steps up to the last spike', () => {
    const x = [0.1, 0.2, 0.3, 0.2, 0.1];
    const gradient = tf.grad((input) => tf.sum(integrateAndFire(input, OPTIONS).spikes))(tf.tensor1d(x));
    // u = 0.1 0.3 0.6 (spike) 0.2 0.3; g = 2 - 4 |u - 0.5| inside 0.5.
    const g = [0.4, 1.2, 1.6, 0.8, 1.2];
    assertClose(
      valuesOf(gradient),
      [g[0]! + g[1]! + g[2]!, g[1]! + g[2]!, g[2]!, g[3]! + g[4]!, g[4]!],
      1e-5,
    );
  });
});

describe('parametric LIF neurons', () => {
  before(useCpuBackend);

  const w = (tau: number) => tf.scalar(decayParameter(tau));

  it('equal LIF at the same time constant, in spikes, membrane and gradient', () => {
    for (const tau of [1.5, 2, 3]) {
      const ours = parametricLif(tf.tensor1d(INPUT), w(tau), OPTIONS);
      const golden = lif(tf.tensor1d(INPUT), { ...OPTIONS, tau });
      assert.deepEqual(valuesOf(ours.spikes), valuesOf(golden.spikes));
      assertClose(valuesOf(ours.membrane!), valuesOf(golden.membrane!), 1e-6);
      const gradient = (run: (x: tf.Tensor) => tf.Tensor) => valuesOf(tf.grad(run)(tf.tensor1d(INPUT)));
      assertClose(
        gradient((x) => tf.sum(parametricLif(x, w(tau), OPTIONS).spikes)),
        gradient((x) => tf.sum(lif(x, { ...OPTIONS, tau }).spikes)),
        1e-5,
      );
    }
  });

  it('have the gradient of w that finite differences give where no spike changes', () => {
    const x = tf.tensor1d([0.3, 0.2, 0.4, -0.3, 0.1]);
    const membraneSum = (value: tf.Tensor) =>
      tf.sum(parametricLif(x, value as tf.Scalar, OPTIONS).membrane!) as tf.Scalar;
    const [gradient] = valuesOf(tf.grad(membraneSum)(tf.scalar(0.3)));
    const at = (value: number) => valuesOf(membraneSum(tf.scalar(value)))[0]!;
    assertClose([gradient!], [(at(0.31) - at(0.29)) / 0.02], 1e-3);
  });
});
