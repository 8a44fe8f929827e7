import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type GoldenCase,
  goldenCaseFolders,
  networkOfCase,
  neuronOfCase,
} from '../../../engine/analysis/goldenCase';
import { SpikeBridgeError } from '../../../engine/errors';

/** A case with the given model, whose weights have the given first axes. */
function caseOf(
  model: GoldenCase['description']['model'],
  outputs: Record<string, number> = {},
  surrogate = 'QGateGrad alpha=2',
): GoldenCase {
  const tensors = Object.entries(outputs).map(
    ([name, width]) => [`state/${name}`, { shape: [width, 1], values: new Float32Array(width) }] as const,
  );
  const description = {
    model,
    channels: null,
    baseChannels: null,
    neuron: { type: 'LIF', tau: 2, threshold: 0.5, surrogate },
  } as unknown as GoldenCase['description'];
  return { folder: 'case', description, tensors: new Map(tensors) };
}

describe('golden cases of other networks', () => {
  it('take their widths from their weights', () => {
    const scnn = { 'feature.0.weight': 15, 'feature.3.weight': 40, 'fc1.weight': 300 };
    assert.deepEqual(networkOfCase(caseOf('Transfer_SCNN', scnn)), {
      preset: 'scnn',
      channels: [15, 40],
      units: 300,
    });
    assert.deepEqual(networkOfCase(caseOf('Transfer_ResNet34', { 'conv1.weight': 8 })), {
      preset: 'resnet34-snn',
      baseChannels: 8,
    });
    const blocks = [0, 1, 3, 4, 6, 7, 9, 10];
    const vgg = Object.fromEntries(blocks.map((block) => [`feature.${block}.conv.weight`, block + 1]));
    const network = networkOfCase(caseOf('Transfer_VGG_SNN', vgg));
    assert.deepEqual(
      'channels' in network && network.channels,
      blocks.map((block) => block + 1),
    );
  });

  it('name the tensor that a width is missing with', () => {
    assert.throws(
      () => networkOfCase(caseOf('Transfer_SCNN')),
      (error) => error instanceof SpikeBridgeError && /state\/feature.0.weight/.test(error.message),
    );
  });

  it("know the authors' surrogate gradients by name", () => {
    const neuron = (surrogate: string) => neuronOfCase(caseOf('Transfer_SCNN', {}, surrogate));
    assert.equal(neuron('BackEIGateGrad').surrogate, 'rectangle');
    assert.deepEqual([neuron('AtanGrad alpha=3').surrogate, neuron('AtanGrad alpha=3').alpha], ['arctan', 3]);
    assert.throws(() => neuron('OtherGrad'), /OtherGrad is not known/);
  });
});

describe('folders of golden cases', () => {
  let parent: string;
  before(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'spikebridge-cases-'));
    for (const name of ['second', 'first', 'other']) {
      await mkdir(path.join(parent, name));
    }
    for (const name of ['second', 'first']) {
      await writeFile(path.join(parent, name, 'case.json'), '{}');
    }
    await writeFile(path.join(parent, 'README.md'), '');
  });
  after(() => rm(parent, { recursive: true, force: true }));

  it('stand for themselves, or for the cases in them by name', async () => {
    const [first, second] = [path.join(parent, 'first'), path.join(parent, 'second')];
    assert.deepEqual(await goldenCaseFolders(second), [second]);
    assert.deepEqual(await goldenCaseFolders(parent), [first, second]);
  });

  it('are refused where there is no case in them', async () => {
    for (const folder of [path.join(parent, 'other'), path.join(parent, 'missing')]) {
      await assert.rejects(
        goldenCaseFolders(folder),
        (error) =>
          error instanceof SpikeBridgeError &&
          error.place.file === folder &&
          /case\.json/.test(error.nextStep),
      );
    }
  });
});
