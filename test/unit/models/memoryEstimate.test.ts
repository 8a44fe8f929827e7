import assert from 'node:assert/strict';
import { estimateMemory, evaluationBatch } from '../../../engine/models/memoryEstimate';
import { describeNetwork } from '../../../engine/models/networkDescription';
import { networkSchema } from '../../../engine/models/networkSchema';

const GIBIBYTE = 2 ** 30;

describe('memory estimate', () => {
  const estimate = (network: unknown, steps: number, classes: number, sizePixels = 48) =>
    estimateMemory(describeNetwork(networkSchema.parse(network), 2), {
      sizePixels,
      streams: 2,
      steps,
      classes,
    });

  it('counts four copies of the weights of Transfer_VGG_SNN', () => {
    const { parameters } = estimate({ preset: 'vgg-snn' }, 10, 101);
    const [convolutions, heads] = [9_217_152, 2 * 4608 * 101];
    assert.equal(parameters, (convolutions + heads) * 16);
  });

  it('knows that full-width VGG at 120 pairs does not fit 4 GiB, and NMNIST-1K at 50 does', () => {
    const vgg = estimate({ preset: 'vgg-snn' }, 10, 101);
    assert.ok(vgg.parameters + 120 * vgg.perPair > 4 * GIBIBYTE);
    const small = estimate({ preset: 'nmnist-1k' }, 6, 10, 34);
    assert.ok(small.parameters + 50 * small.perPair < GIBIBYTE);
  });

  it('tests full-width VGG in smaller batches than NMNIST-1K', () => {
    const batch = (network: object, sizePixels: number, steps: number) =>
      evaluationBatch(describeNetwork(networkSchema.parse(network), 2), { sizePixels, steps });
    assert.equal(batch({ preset: 'nmnist-1k' }, 34, 6), 100);
    const vgg = batch({ preset: 'vgg-snn' }, 48, 10);
    assert.equal(vgg, Math.floor(GIBIBYTE / (3 * 4 * 10 * 128 * 48 * 48)));
    assert.equal(batch({ preset: 'vgg-snn' }, 256, 64), 1);
  });

  it('counts the activations of teachers too', () => {
    const { perPair } = estimateMemory(describeNetwork(networkSchema.parse({ preset: 'vgg-ann' }), 1), {
      sizePixels: 48,
      streams: 1,
      steps: 1,
      classes: 101,
    });
    const vgg = estimate({ preset: 'vgg-snn' }, 10, 101);
    assert.equal(perPair, vgg.perPair / 20);
  });

  it('sees absurd widths by the weights alone', () => {
    const absurd = estimate(
      { preset: 'nmnist-1k', channels: [4096, 4096, 4096, 4096, 4096, 4096] },
      6,
      10,
      34,
    );
    assert.ok(absurd.parameters > 4 * GIBIBYTE);
  });
});
