import * as tf from '@tensorflow/tfjs-core';
import { AdamW } from '../../../engine/training/adamw';
import { assertSameOnBothBackends, normalValues, useSimdBackend } from './backendPair';

const SHAPES = [[3, 3, 2, 8], [7], [10, 33], [1], []];

/** Parameters and moments after some steps. */
function parametersAfter(steps: number): tf.Tensor[] {
  const parameters = SHAPES.map((shape, index) => tf.variable(normalValues(shape, index + 1), true));
  const optimizer = new AdamW(new Map(parameters.map((parameter) => [parameter.name, parameter])), {
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0.01,
  });
  for (let step = 0; step < steps; step++) {
    const gradients = parameters.map(({ name, shape }, index) => [
      name,
      normalValues(shape, 100 + step * 10 + index),
    ]);
    optimizer.step(Object.fromEntries(gradients), 0.01 / (step + 1));
  }
  const moments = [...optimizer.moments().values()].flatMap(({ first, second }) => [first, second]);
  const values = [...parameters, ...moments].map((variable) => tf.clone(variable));
  optimizer.dispose();
  for (const parameter of parameters) {
    parameter.dispose();
  }
  return values;
}

describe('AdamW on the simd backend', () => {
  useSimdBackend(2);

  for (const steps of [1, 2, 20]) {
    it(`agrees with the reference after ${steps} steps`, () =>
      assertSameOnBothBackends({ compute: () => parametersAfter(steps), tolerance: 1e-5 }));
  }
});
