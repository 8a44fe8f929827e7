import * as tf from '@tensorflow/tfjs-core';
import { describeNetwork } from '../../../engine/models/networkDescription';
import { networkSchema } from '../../../engine/models/networkSchema';
import { SpikingNetwork } from '../../../engine/models/spikingNetwork';
import { neuronSchema } from '../../../engine/neurons/neuronSchema';
import { assertSameOnBothBackends, useSimdBackend } from './backendPair';

interface Case {
  readonly network: { readonly preset: string } & Record<string, unknown>;
  readonly sizePixels: number;
  readonly neuron?: string;
  readonly ann?: boolean;
}

const CASES: readonly Case[] = [
  { network: { preset: 'scnn', channels: [3, 4], units: 12 }, sizePixels: 28 },
  { network: { preset: 'nmnist-snn', channels: [4, 4], units: 16 }, sizePixels: 16 },
  { network: { preset: 'sew-resnet18', baseChannels: 2 }, sizePixels: 16 },
  { network: { preset: 'nmnist-1k', channels: [2, 2, 3, 3, 4, 4] }, sizePixels: 16, neuron: 'if' },
  { network: { preset: 'nmnist-1k', channels: [2, 2, 3, 3, 4, 4] }, sizePixels: 16, neuron: 'plif' },
  { network: { preset: 'resnet18-ann', baseChannels: 2 }, sizePixels: 16, ann: true },
  { network: { preset: 'vgg-ann', channels: [2, 2, 3, 3, 4, 4, 4, 4] }, sizePixels: 32, ann: true },
];

/** Loss, and the norm of every gradient, of one training pass on fixed input. */
function passOf({ network, sizePixels, neuron = 'lif', ann = false }: Case): tf.Tensor[] {
  const built = new SpikingNetwork({
    description: describeNetwork(networkSchema.parse(network), ann ? 1 : 2),
    neuron: neuronSchema.parse({ type: neuron }),
    sizePixels,
    classes: 3,
    seed: 2,
  });
  const streams = ann ? (['static'] as const) : (['static', 'event'] as const);
  const steps = ann ? 1 : 3;
  const rows = streams.length * steps * 2;
  const lossOf = () => {
    const x = tf.randomUniform(
      [rows, sizePixels, sizePixels, ann ? 3 : 2],
      0,
      3,
      'float32',
      4,
    ) as tf.Tensor4D;
    const { logits } = built.forward(x, { streams, steps, training: true, randomSeed: 5 });
    return tf.mean(tf.square(tf.stack([...logits]))) as tf.Scalar;
  };
  const { value, grads } = tf.variableGrads(lossOf, [...built.parameters.trainable().values()]);
  const norms = Object.values(grads).map((gradient) => tf.norm(gradient));
  built.dispose();
  return [value, tf.stack(norms)];
}

describe('networks on the simd backend', () => {
  useSimdBackend(2);

  for (const each of CASES) {
    it(`train as on cpu: ${each.network.preset}${each.neuron ? `, ${each.neuron}` : ''}`, () =>
      assertSameOnBothBackends({ compute: () => passOf(each), tolerance: 1e-4 }));
  }
});
