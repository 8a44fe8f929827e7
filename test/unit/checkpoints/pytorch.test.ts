import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { readAnyCheckpoint } from '../../../engine/checkpoints/anyCheckpoint';
import { nameReportLines, reportNames } from '../../../engine/checkpoints/nameReport';
import { describeNetwork } from '../../../engine/models/networkDescription';
import { networkSchema } from '../../../engine/models/networkSchema';
import { SpikingNetwork } from '../../../engine/models/spikingNetwork';
import { neuronSchema } from '../../../engine/neurons/neuronSchema';
import { assertClose } from '../assertClose';
import { useCpuBackend, valuesOf } from '../tfjs';

const ROOT = process.env.SPIKEBRIDGE_ROOT as string;
const SCRIPT = path.join(ROOT, 'test/unit/checkpoints/writeCheckpoint.py');
/** Debian's own Python first: another one in the path may have no torch. */
const PYTHONS = ['/usr/bin/python3', 'python3'];
const [STEPS, BATCH, SIZE, CLASSES] = [3, 4, 16, 10];

const hasTorch = (python: string) => spawnSync(python, ['-c', 'import torch']).status === 0;

async function floats(file: string): Promise<Float32Array> {
  return new Float32Array(Uint8Array.from(await readFile(file)).buffer);
}

function buildNetwork(threshold = 0.5): SpikingNetwork {
  return new SpikingNetwork({
    description: describeNetwork(
      networkSchema.parse({ preset: 'nmnist-1k', channels: [2, 3, 4, 4, 5, 5] }),
      2,
    ),
    neuron: neuronSchema.parse({ threshold }),
    sizePixels: SIZE,
    classes: CLASSES,
    seed: 1,
  });
}

describe('a checkpoint that PyTorch wrote', function () {
  this.timeout(120_000);
  let folder: string;

  before(async function () {
    const python = PYTHONS.find(hasTorch);
    if (!python) {
      console.log('      skipped: no Python with torch (Debian: python3-torch)');
      this.skip();
    }
    folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-torch-'));
    const { status, stderr } = spawnSync(python, [SCRIPT, folder], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    await useCpuBackend();
  });
  after(async () => folder && rm(folder, { recursive: true }));

  it('gives the same logits', async () => {
    const network = buildNetwork();
    try {
      const arrays = await readAnyCheckpoint(path.join(folder, 'checkpoint.pth.tar'));
      assert.deepEqual(network.parameters.import(arrays), []);
      const input = await floats(path.join(folder, 'input.bin'));
      const expected = await floats(path.join(folder, 'logits.bin'));
      const x = tf.tensor4d(input, [STEPS * BATCH, SIZE, SIZE, 2]);
      const { logits } = network.forward(x, { streams: ['event'], steps: STEPS, training: false });
      assert.ok(new Set(expected).size > STEPS * BATCH, 'the logits differ between samples and steps');
      assertClose(valuesOf(logits[0]!), [...expected], 1e-5);
    } finally {
      network.dispose();
    }
  });

  it('is reported by names: what matches, what is missing, what differs', async () => {
    const network = buildNetwork(0.7);
    try {
      const arrays = new Map(await readAnyCheckpoint(path.join(folder, 'checkpoint.pth.tar')));
      const weight = arrays.get('dvs_fc.1.weight')!;
      arrays.delete('dvs_fc.1.weight');
      arrays.set('head.weight', { ...weight, name: 'head.weight' });
      const report = reportNames(network, arrays);
      assert.equal(report.loaded.length, 6 * 5 + 3);
      assert.deepEqual([report.missing, report.unused], [['dvs_fc.1.weight'], ['head.weight']]);
      assert.equal(report.differing.length, 6);
      const lines = nameReportLines(report).join('\n');
      assert.match(lines, /missing in the file: dvs_fc.1.weight\nnot used: head.weight/);
      assert.match(lines, /feature.0.node.threshold is 0.5 in the file, 0.69\d+ in the configuration/);
    } finally {
      network.dispose();
    }
  });

  it('may hold half and integer numbers, transposed views and names of nn.DataParallel', async () => {
    const arrays = await readAnyCheckpoint(path.join(folder, 'half.pth'));
    const transposed = Array.from({ length: 24 }, (_, index) => (index % 4) * 6 + Math.floor(index / 4));
    assert.deepEqual([...arrays.get('transposed')!.values], transposed);
    assert.deepEqual(arrays.get('whole')!.shape, [6, 4]);
    assert.deepEqual([...arrays.get('whole')!.values], transposed);
    assert.deepEqual([...arrays.get('flag')!.values], [1]);
  });

  it('of the format before 1.6 is refused by name', async () => {
    await assert.rejects(
      readAnyCheckpoint(path.join(folder, 'legacy.pth')),
      /pickle format of PyTorch before 1.6/,
    );
  });
});
