import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { SpikeBridgeError } from '../../../engine/errors';
import { describeNetwork } from '../../../engine/models/networkDescription';
import { type NetworkConfiguration, networkSchema } from '../../../engine/models/networkSchema';
import { SpikingNetwork } from '../../../engine/models/spikingNetwork';
import { neuronSchema } from '../../../engine/neurons/neuronSchema';
import { useCpuBackend, valuesOf } from '../tfjs';

const NEURON = neuronSchema.parse({});

function build(
  network: NetworkConfiguration,
  { streams = 2, sizePixels = 48, classes = 101 } = {},
): SpikingNetwork {
  const description = describeNetwork(network, streams as 1 | 2);
  return new SpikingNetwork({ description, neuron: NEURON, sizePixels, classes, seed: 3 });
}

describe('networks as data', () => {
  before(useCpuBackend);

  it('Transfer_VGG_SNN has the published number of parameters (methods.md 2.1)', () => {
    const network = build(networkSchema.parse({ preset: 'vgg-snn' }));
    const [coefficients, thresholds, alphas] = [10, 8, 8];
    assert.equal(network.parameters.count() + coefficients + thresholds + alphas, 10_153_700);
    assert.deepEqual(network.outputShape, { height: 3, width: 3, channels: 512 });
    network.dispose();
  });

  it('Transfer_ResNet18 has the published number of trainable parameters (methods.md 2.2)', () => {
    const network = build(networkSchema.parse({ preset: 'resnet18-snn' }), { classes: 20 });
    assert.equal(network.parameters.count() + 6, 11_187_886);
    network.dispose();
  });

  it('the NMNIST-1K network ends in 4 x 4 x 64', () => {
    const network = build(networkSchema.parse({ preset: 'nmnist-1k' }), { sizePixels: 34, classes: 10 });
    assert.deepEqual(network.outputShape, { height: 4, width: 4, channels: 64 });
    network.dispose();
  });

  it('an events-only twin has one head called fc', () => {
    const network = build(networkSchema.parse({ preset: 'nmnist-1k' }), { streams: 1, sizePixels: 34 });
    const heads = [...network.parameters.trainable().keys()].filter((name) => name.includes('fc'));
    assert.deepEqual(heads, ['fc.1.weight', 'fc.1.bias']);
    network.dispose();
  });

  it('the same seed gives the same weights, another seed others', () => {
    const weights = (seed: number) => {
      const description = describeNetwork(networkSchema.parse({ preset: 'nmnist-1k' }), 2);
      const network = new SpikingNetwork({ description, neuron: NEURON, sizePixels: 34, classes: 10, seed });
      const values = [...network.parameters.export().flatMap(({ values: array }) => [...array.slice(0, 3)])];
      network.dispose();
      return values;
    };
    assert.deepEqual(weights(1), weights(1));
    assert.notDeepEqual(weights(1), weights(2));
  });

  it('export and import keep every value', () => {
    const network = build(
      { preset: 'nmnist-1k', channels: [2, 3, 4, 4, 5, 5] },
      { sizePixels: 16, classes: 3 },
    );
    const before = network.parameters.export();
    const other = build(
      { preset: 'nmnist-1k', channels: [2, 3, 4, 4, 5, 5] },
      { sizePixels: 16, classes: 3 },
    );
    assert.deepEqual(other.parameters.import(new Map(before.map((array) => [array.name, array]))), []);
    assert.deepEqual(other.parameters.export(), before);
    network.dispose();
    other.dispose();
  });

  it('a forward pass with one stream equals that stream in a pass with two, in evaluation mode', () => {
    const network = build(
      { preset: 'nmnist-1k', channels: [4, 4, 4, 4, 4, 4] },
      { sizePixels: 16, classes: 3 },
    );
    const input = tf.randomUniform([2 * 3 * 2, 16, 16, 2], 0, 3, 'float32', 5) as tf.Tensor4D;
    const both = network.forward(input, { streams: ['static', 'event'], steps: 3, training: false });
    const half = tf.slice(input, [6, 0, 0, 0], [6, 16, 16, 2]);
    const single = network.forward(half, { streams: ['event'], steps: 3, training: false });
    assert.deepEqual(valuesOf(single.logits[0]!), valuesOf(both.logits[1]!));
    network.dispose();
  });

  it('refuses pools that leave no pixels, colliding names and missing features', () => {
    const refuse = (network: NetworkConfiguration, message: RegExp) =>
      assert.throws(
        () => build(network, { sizePixels: 8 }).dispose(),
        (error) =>
          error instanceof SpikeBridgeError &&
          error.category === 'configuration' &&
          message.test(error.message),
      );
    refuse(networkSchema.parse({ preset: 'vgg-snn' }), /nothing is left/);
    const layer = { type: 'spiking-convolution', channels: 2, name: 'a' };
    refuse(networkSchema.parse({ preset: 'layers', layers: [layer, layer] }), /two layers are called "a"/);
    refuse(networkSchema.parse({ preset: 'layers', layers: [{ type: 'average-pool' }] }), /membrane/);
  });
});
