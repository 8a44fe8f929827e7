import * as tf from '@tensorflow/tfjs-core';
import { decayParameter, parametricLif } from '../../../engine/neurons/parametricLif';
import { assertSameOnBothBackends, normalValues, useSimdBackend } from './backendPair';

describe('parametric LIF by the fused LIF kernels', () => {
  useSimdBackend(2);

  for (const withMembrane of [false, true]) {
    for (const steps of [1, 4]) {
      const options = {
        streams: 2,
        steps,
        threshold: 0.5,
        surrogate: { name: 'qgate', alpha: 2 },
        withMembrane,
      } as const;
      const title = `${steps} steps${withMembrane ? ' with membrane' : ''}`;

      it(`equals the reference in outputs and both gradients: ${title}`, () =>
        assertSameOnBothBackends({
          tolerance: 1e-5,
          compute: () => {
            const x = normalValues([2 * steps * 3, 5, 5, 4], 3);
            const w = tf.scalar(decayParameter(1.7));
            const weights = normalValues(x.shape, 4);
            const { spikes, membrane } = parametricLif(x, w, options);
            const lossOf = (input: tf.Tensor, decay: tf.Tensor) => {
              const output = parametricLif(input, decay as tf.Scalar, options);
              const both = output.membrane
                ? tf.add(output.spikes, tf.mul(output.membrane, 2))
                : output.spikes;
              return tf.sum(tf.mul(both, weights));
            };
            const [dx, dw] = tf.grads(lossOf)([x, w]);
            return [spikes, ...(membrane ? [membrane] : []), dx!, dw!];
          },
        }));
    }
  }
});
