import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { describeNetwork } from '../../../engine/models/networkDescription';
import { networkSchema } from '../../../engine/models/networkSchema';
import { neuronConstants } from '../../../engine/models/neuronConstants';
import { SpikingNetwork } from '../../../engine/models/spikingNetwork';
import { neuronSchema } from '../../../engine/neurons/neuronSchema';
import { useCpuBackend, valuesOf } from '../tfjs';

interface Size {
  readonly streams?: 1 | 2;
  readonly sizePixels?: number;
  readonly classes?: number;
  readonly neuron?: object;
}

function build(network: object, { streams = 2, sizePixels = 48, classes = 10, neuron = {} }: Size = {}) {
  const description = describeNetwork(networkSchema.parse(network), streams);
  return new SpikingNetwork({
    description,
    neuron: neuronSchema.parse(neuron),
    sizePixels,
    classes,
    seed: 3,
  });
}

/** What the authors print: weights, one eta per step, threshold and alpha of every neuron layer. */
function printedTotal(network: SpikingNetwork, steps: number): number {
  const { description, neuron } = network.options;
  const names = new Set(network.parameters.export().map(({ name }) => name));
  return network.parameters.count() + steps + neuronConstants(description, neuron, names).length;
}

function withNetwork<Result>(network: SpikingNetwork, use: (network: SpikingNetwork) => Result): Result {
  try {
    return use(network);
  } finally {
    network.dispose();
  }
}

const namesOf = (network: SpikingNetwork) => [...network.parameters.trainable().keys()];

describe('networks of methods.md section 2', () => {
  before(useCpuBackend);

  it('have the published totals', () => {
    const totals = [
      { network: { preset: 'vgg-snn' }, size: { classes: 101 }, steps: 10, total: 10_153_700 },
      { network: { preset: 'vgg-snn' }, size: { classes: 10 }, steps: 10, total: 9_314_862 },
      { network: { preset: 'resnet18-snn' }, size: { classes: 20 }, steps: 6, total: 11_187_924 },
      { network: { preset: 'resnet34-snn' }, size: { classes: 20 }, steps: 6, total: 21_296_116 },
      { network: { preset: 'scnn' }, size: { classes: 1623, sizePixels: 28 }, steps: 12, total: 696_591 },
    ];
    for (const { network, size, steps, total } of totals) {
      withNetwork(build(network, size), (built) =>
        assert.equal(printedTotal(built, steps), total, network.preset),
      );
    }
  }).timeout(120_000);

  it('Transfer_SCNN has one classifier, no BatchNorm and a membrane of 300', () => {
    withNetwork(build({ preset: 'scnn' }, { classes: 1623, sizePixels: 28 }), (network) => {
      const names = [
        'feature.0.weight',
        'feature.3.weight',
        'fc1.weight',
        'fc1.bias',
        'fc2.weight',
        'fc2.bias',
      ];
      assert.deepEqual(namesOf(network), names);
      const x = tf.randomUniform([2 * 2, 28, 28, 2], 0, 2, 'float32', 1) as tf.Tensor4D;
      const options = { streams: ['static', 'event'] as const, steps: 2, training: true, withFeatures: true };
      const { logits, features } = network.forward(x, options);
      assert.deepEqual(
        [logits[1]!.shape, features!.shape],
        [
          [2, 1, 1623],
          [2, 2, 1, 300],
        ],
      );
      const weights = (name: string) => network.parameters.get(name)!.variable.dataSync() as Float32Array;
      const largest = weights('fc1.weight').reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      assert.ok(largest <= 0.1 && largest > 0.099, `largest ${largest}`);
      const first = [...weights('feature.0.weight')];
      const deviation = Math.sqrt(first.reduce((sum, value) => sum + value * value, 0) / first.length);
      assert.ok(Math.abs(deviation - Math.sqrt(2 / 50)) < 0.02, `deviation ${deviation}`);
    });
  });

  it('Transfer_NMNIST_SNN has voting heads, dropout and a membrane of 2048', () => {
    withNetwork(build({ preset: 'nmnist-snn', channels: [8, 8] }, { sizePixels: 34 }), (network) => {
      const names = namesOf(network);
      for (const name of ['feature.0.conv.weight', 'feature.6.weight', 'rgb_fc.0.weight', 'dvs_fc.0.bias']) {
        assert.ok(names.includes(name), name);
      }
      assert.deepEqual(network.parameters.get('dvs_fc.0.weight')!.variable.shape, [2048, 100]);
      const x = tf.randomUniform([2 * 2, 34, 34, 2], 0, 3, 'float32', 1) as tf.Tensor4D;
      const run = (training: boolean, randomSeed: number) => {
        const options = { streams: ['static', 'event'] as const, steps: 2, training, randomSeed };
        return network.forward(x, { ...options, withFeatures: true, withFiringRates: false });
      };
      const { logits, features } = run(true, 1);
      assert.equal(features!.shape[3], 2048);
      assert.ok(valuesOf(logits[0]!).every((vote) => Number.isInteger(Math.round(vote * 1e4) / 1e3)));
      assert.deepEqual(valuesOf(run(true, 1).features!), valuesOf(run(true, 1).features!));
      assert.notDeepEqual(valuesOf(run(true, 1).features!), valuesOf(run(true, 2).features!));
      assert.deepEqual(valuesOf(run(false, 1).logits[0]!), valuesOf(run(false, 2).logits[0]!));
    });
  });

  it('single-head twins are called fc, the SCNN twin fc2', () => {
    const heads = (preset: string, sizePixels: number) =>
      withNetwork(build({ preset }, { streams: 1, sizePixels }), (network) =>
        namesOf(network).filter((name) => /fc\d?(\.\d)?\.weight/.test(name)),
      );
    assert.deepEqual(heads('resnet18-snn', 16), ['fc.weight']);
    assert.deepEqual(heads('nmnist-1k', 34), ['fc.1.weight']);
    assert.deepEqual(heads('scnn', 28), ['fc1.weight', 'fc2.weight']);
  });

  it('can share one classifier between the streams', () => {
    withNetwork(build({ preset: 'nmnist-1k', heads: 'shared' }, { sizePixels: 16 }), (network) => {
      assert.ok(namesOf(network).includes('fc.1.weight'));
      const x = tf.ones([2, 16, 16, 2]) as tf.Tensor4D;
      const streams = ['static', 'event'] as const;
      const { logits } = network.forward(x, { streams, steps: 1, training: false });
      assert.deepEqual(valuesOf(logits[0]!), valuesOf(logits[1]!));
    });
  });

  it('SEW-ResNet-18 adds spikes, and trains every variable', () => {
    withNetwork(build({ preset: 'sew-resnet18', baseChannels: 2 }, { sizePixels: 16 }), (network) => {
      const x = tf.randomUniform([2 * 2 * 2, 16, 16, 2], 0, 3, 'float32', 1) as tf.Tensor4D;
      const streams = ['static', 'event'] as const;
      const loss = () => {
        const { logits } = network.forward(x, { streams, steps: 2, training: true });
        return tf.sum(tf.square(tf.stack([...logits]))) as tf.Scalar;
      };
      const { grads } = tf.variableGrads(loss, [...network.parameters.trainable().values()]);
      assert.equal(Object.keys(grads).length, network.parameters.trainable().size);
    });
  });

  it('teachers take three colours and have no neurons', () => {
    for (const preset of ['vgg-ann', 'resnet18-ann']) {
      const small = preset === 'vgg-ann' ? { channels: [4, 4, 4, 4, 4, 4, 4, 4] } : { baseChannels: 4 };
      withNetwork(build({ preset, ...small }, { streams: 1, sizePixels: 32 }), (network) => {
        const x = tf.ones([5, 32, 32, 3]) as tf.Tensor4D;
        const options = { streams: ['static'] as const, steps: 1, training: true, withFiringRates: true };
        const { logits, firingRates } = network.forward(x, options);
        assert.deepEqual(logits[0]!.shape, [1, 5, 10]);
        assert.equal(firingRates!.size, 0);
      });
    }
  });

  it("PLIF learns one w per neuron layer, under the authors' name; IF and LIF have none", () => {
    const learned = (type: string) =>
      withNetwork(build({ preset: 'nmnist-1k' }, { sizePixels: 16, neuron: { type } }), (network) =>
        namesOf(network).filter((name) => name.endsWith('.node.w')),
      );
    assert.deepEqual([learned('plif').length, learned('if').length, learned('lif').length], [6, 0, 0]);
    assert.equal(learned('plif')[0], 'feature.0.node.w');
  });
});
