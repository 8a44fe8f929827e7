import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { readGoldenCase } from '../../engine/analysis/goldenCase';
import { runParity, withinTolerance } from '../../engine/analysis/parity';
import { CPU_PROVIDER } from '../../engine/backends/cpuProvider';
import { registerSimdBackend, type SimdBackendInfo } from '../../engine/backends/simd/register';

const ROOT = process.env.SPIKEBRIDGE_ROOT as string;
const CASES = path.join(ROOT, 'test/golden/cases');
const names = readdirSync(CASES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

async function assertParity(name: string): Promise<void> {
  const tensorsBefore = tf.memory().numTensors;
  const deviations = await runParity(await readGoldenCase(path.join(CASES, name)));
  assert.equal(deviations.length, 8);
  for (const deviation of deviations) {
    assert.ok(withinTolerance(deviation), JSON.stringify(deviation));
  }
  assert.equal(tf.memory().numTensors, tensorsBefore, 'tensors left behind');
}

describe('golden parity with the KTL modules', function () {
  this.timeout(300_000);

  it('has all five cases', () => assert.equal(names.length, 5));

  describe('on simd', () => {
    let backend: SimdBackendInfo;
    before(async () => {
      await CPU_PROVIDER.activate({});
      backend = await registerSimdBackend({ wasmFolder: path.join(ROOT, 'dist') });
      await tf.setBackend('simd');
    });
    after(() => backend.dispose());
    for (const name of names) {
      it(name, () => assertParity(name));
    }
  });

  describe('on cpu', () => {
    before(() => CPU_PROVIDER.activate({}));
    for (const name of names) {
      it(name, () => assertParity(name));
    }
  });
});
