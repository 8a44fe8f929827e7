import * as tf from '@tensorflow/tfjs-core';
import { alignmentLoss } from '../../engine/methods/alignmentLoss';
import { tetLoss } from '../../engine/methods/classificationLoss';
import { linearCka, linearCkaOfStreams } from '../../engine/methods/linearCka';
import { lossSchema } from '../../engine/methods/methodSchema';
import { lif } from '../../engine/neurons/lif';
import { spikeRates } from '../../engine/neurons/spikeRates';
import { normalValues } from '../unit/backends/backendPair';
import { assertSameOnGpu, useGpu } from './gpuPair';

const [STEPS, BATCH] = [3, 5];

/** The loss with the gradients of the logits and of both step weights. */
function tetWithGradients(changes: object, classes: number): tf.Tensor[] {
  const loss = { ...lossSchema.parse({}), tetLambda: 0.3, ...changes };
  const oneHot = tf.cast(tf.oneHot(tf.tensor1d([0, 1, 2, 1, 0], 'int32'), classes), 'float32') as tf.Tensor2D;
  const lossOf = (logits: tf.Tensor, crossEntropy?: tf.Tensor, level?: tf.Tensor) =>
    tetLoss(logits as tf.Tensor3D, oneHot, loss, {
      crossEntropy: crossEntropy as tf.Tensor1D,
      level: level as tf.Tensor1D,
    });
  const logits = tf.mul(normalValues([STEPS, BATCH, classes], 1), 4);
  const inputs = [logits, tf.tensor1d([0.2, 0.5, 0.7]), tf.tensor1d([0.9, 0.4, 0.3])] as const;
  const weighted = tf.grads((...args) => tf.mul(lossOf(...(args as [tf.Tensor])), 3))([...inputs]);
  return [lossOf(...inputs), ...weighted, lossOf(logits), tf.grad((z) => lossOf(z))(logits)];
}

/** CKA and the alignment loss with the gradients of both features and of the weights. */
function alignmentWithGradients(features: readonly tf.Tensor[], weights?: tf.Tensor): tf.Tensor[] {
  const [a, g] = features as [tf.Tensor3D, tf.Tensor3D];
  const lossOf = (left: tf.Tensor, right: tf.Tensor, w?: tf.Tensor) =>
    alignmentLoss(linearCka(left as tf.Tensor3D, right as tf.Tensor3D), w as tf.Tensor1D);
  const inputs = weights ? [a, g, weights] : [a, g];
  const gradients = tf.grads((...args) => lossOf(...(args as [tf.Tensor, tf.Tensor])))(inputs);
  return [linearCka(a, g), lossOf(a, g, weights), ...gradients];
}

describe('losses on the webgpu backend', () => {
  useGpu('f32');

  for (const changes of [
    {},
    { labelSmoothing: 0.2, tetTarget: -0.5 },
    { tetLevel: 'last-step' },
    { tetLambda: 0 },
  ]) {
    it(`take cross-entropy and level of every step ${JSON.stringify(changes)}`, () =>
      assertSameOnGpu(() => tetWithGradients(changes, 7), 1e-5));
  }

  it('take more classes than a workgroup has invocations', () =>
    assertSameOnGpu(() => tetWithGradients({}, 101), 1e-5));

  it('align features of two streams', () => {
    const features = () => [normalValues([STEPS, BATCH, 6], 2), normalValues([STEPS, BATCH, 9], 3)];
    return assertSameOnGpu(() => alignmentWithGradients(features(), tf.tensor1d([0.2, 0.5, 0.7])), 2e-5);
  });

  it('align features of streams one behind the other', () =>
    assertSameOnGpu(() => {
      const features = normalValues([2, STEPS, BATCH, 6], 8);
      const [k, l] = tf.unstack(features) as [tf.Tensor3D, tf.Tensor3D];
      const lossOf = (x: tf.Tensor) => alignmentLoss(linearCkaOfStreams(x as tf.Tensor4D));
      return [
        tf.sub(linearCkaOfStreams(features as tf.Tensor4D), linearCka(k, l)),
        tf.grad(lossOf)(features),
      ];
    }, 2e-5));

  it('align features of more samples than a workgroup has invocations', () => {
    const features = () => [normalValues([1, 260, 2], 4), normalValues([1, 260, 2], 5)];
    return assertSameOnGpu(() => alignmentWithGradients(features()), 1e-4);
  });

  it('align nothing where no sample differs from another', () => {
    const features = () => [tf.zeros([STEPS, BATCH, 6]), normalValues([STEPS, BATCH, 6], 6)];
    return assertSameOnGpu(() => alignmentWithGradients(features()), 1e-5);
  });

  for (const channels of [3, 6, 32]) {
    it(`take firing rates of ${channels} channels`, () =>
      assertSameOnGpu(() => {
        const options = { tau: 2, threshold: 0.3, surrogate: { name: 'qgate', alpha: 2 } } as const;
        const { spikes } = lif(normalValues([6, 4, 4, channels], 7), { ...options, streams: 2, steps: 3 });
        return [spikeRates(spikes, 1), spikeRates(spikes, 2)];
      }, 1e-6));
  }
});
