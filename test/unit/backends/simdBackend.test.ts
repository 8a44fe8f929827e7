import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { registerSimdBackend } from '../../../engine/backends/simd/register';
import { SharedHeap } from '../../../engine/backends/simd/sharedHeap';
import { SpikeBridgeError } from '../../../engine/errors';
import { batchNormPerStep } from '../../../engine/models/batchNorm';
import { convolveSpikes } from '../../../engine/models/convolution';
import { lif } from '../../../engine/neurons/lif';
import { normalValues, useSimdBackend, valuesOn, WASM_FOLDER } from './backendPair';

const STREAMS = 2;
const STEPS = 3;
const BATCH = 8;

/** Loss and gradients of convolution, BatchNorm, LIF, pooling, a linear head and a Gram matrix. */
function lossAndGradients(): tf.Tensor[] {
  const x = normalValues([STREAMS * STEPS * BATCH, 20, 20, 4], 1) as tf.Tensor4D;
  const parameters = [
    normalValues([3, 3, 4, 24], 2),
    tf.ones([24]),
    tf.zeros([24]),
    normalValues([2400, 10], 3),
  ];
  const options = { streams: STREAMS, steps: STEPS, tau: 2, threshold: 0.5, withMembrane: true } as const;
  const loss = (...[filter, gamma, beta, head]: tf.Tensor[]) => {
    const convolved = convolveSpikes(x, filter as tf.Tensor4D, { stride: 1, padding: 1 });
    const { y } = batchNormPerStep(convolved, gamma as tf.Tensor1D, beta as tf.Tensor1D, STREAMS * STEPS);
    const { spikes, membrane } = lif(y, { ...options, surrogate: { name: 'qgate', alpha: 2 } });
    const features = tf.reshape(tf.avgPool(spikes, 2, 2, 'valid'), [-1, 2400]);
    const gram = tf.matMul(features, features, false, true);
    const logits = tf.matMul(features, head as tf.Tensor2D);
    return tf.addN([tf.mean(tf.square(logits)), tf.mean(gram), tf.mean(membrane as tf.Tensor)]) as tf.Scalar;
  };
  const { value, grads } = tf.valueAndGrads(loss)(parameters);
  return [value, ...grads];
}

async function valuesWithThreads(threads: number): Promise<Float32Array[]> {
  const info = await registerSimdBackend({ threads, wasmFolder: WASM_FOLDER });
  const values = await valuesOn('simd', lossAndGradients);
  await tf.setBackend('cpu');
  await info.dispose();
  return values;
}

describe('threads of the simd backend', () => {
  it('do not change a single bit of the results', async () => {
    const alone = await valuesWithThreads(1);
    for (const threads of [2, 3]) {
      assert.deepEqual(await valuesWithThreads(threads), alone);
    }
  });

  it('give the same results again and again', async () => {
    const info = await registerSimdBackend({ threads: 3, wasmFolder: WASM_FOLDER });
    const first = await valuesOn('simd', lossAndGradients);
    for (let repetition = 0; repetition < 10; repetition++) {
      assert.deepEqual(await valuesOn('simd', lossAndGradients), first);
    }
    await tf.setBackend('cpu');
    await info.dispose();
  });

  it('let the process end by itself while the backend is in use', async () => {
    const { build } = await import('esbuild');
    const folder = await mkdtemp(path.join(os.tmpdir(), 'spikebridge-simd-'));
    const outfile = path.join(folder, 'main.cjs');
    const register = path.join(
      process.env.SPIKEBRIDGE_ROOT ?? process.cwd(),
      'engine/backends/simd/register.ts',
    );
    const contents = `import { registerSimdBackend } from ${JSON.stringify(register)};
      import * as tf from '@tensorflow/tfjs-core';
      registerSimdBackend({ threads: 3, wasmFolder: ${JSON.stringify(WASM_FOLDER)} })
        .then(() => tf.setBackend('simd'))
        .then(() => console.log(tf.sum(tf.add(tf.ones([300000]), 1)).dataSync()[0]));`;
    const resolveDir = path.dirname(register);
    const options = { bundle: true, platform: 'node', format: 'cjs', logLevel: 'silent' } as const;
    await build({ ...options, stdin: { contents, resolveDir }, mainFields: ['module', 'main'], outfile });
    const { stdout } = await promisify(execFile)(process.execPath, [outfile], { timeout: 20_000 });
    await rm(folder, { recursive: true });
    assert.match(stdout, /^600000$/m);
  });
});

describe('memory of the simd backend', () => {
  useSimdBackend(2);

  const memory = () =>
    tf.memory() as unknown as {
      bytesInUse: number;
      reservedBytes: number;
      numTensors: number;
      numDataBuffers: number;
    };

  it('is free again after every step', async () => {
    await valuesOn('simd', lossAndGradients);
    const before = memory();
    for (let step = 0; step < 5; step++) {
      await valuesOn('simd', lossAndGradients);
    }
    const after = memory();
    assert.equal(after.bytesInUse, before.bytesInUse);
    assert.equal(after.reservedBytes, before.reservedBytes);
    assert.equal(after.numTensors, before.numTensors);
    assert.equal(after.numDataBuffers, before.numDataBuffers);
  });

  it('counts the tensors that kernels made', async () => {
    await tf.setBackend('simd');
    const before = memory().bytesInUse;
    const sum = tf.tidy(() => tf.add(tf.ones([1000, 16]), 1));
    const taken = memory().bytesInUse - before;
    assert.ok(taken >= 64_000 && taken <= 72_000, `${taken} bytes`);
    sum.dispose();
    assert.equal(memory().bytesInUse, before);
  });

  it('is copied when values are read: a disposed tensor does not change what was read', async () => {
    await tf.setBackend('simd');
    const product = tf.matMul(tf.ones([16, 16]), tf.ones([16, 16]));
    const values = product.dataSync();
    product.dispose();
    tf.tidy(() => tf.matMul(tf.zeros([16, 16]), tf.zeros([16, 16])));
    assert.ok(values.every((value) => value === 16));
  });

  it('says what to reduce when it is exhausted', () => {
    const heap = new SharedHeap(64);
    assert.throws(
      () => heap.allocate(64 * 65536),
      (error: unknown) =>
        error instanceof SpikeBridgeError &&
        error.category === 'backend' &&
        /batch size/.test(error.nextStep),
    );
  });
});

describe('registration of the simd backend', () => {
  it('names the folder when the build is missing', async () => {
    await assert.rejects(
      registerSimdBackend({ threads: 1, wasmFolder: '/nowhere' }),
      (error: unknown) =>
        error instanceof SpikeBridgeError &&
        error.category === 'backend' &&
        /nowhere/.test(error.place.file ?? ''),
    );
  });

  it('tells which build was chosen and why', async () => {
    const info = await registerSimdBackend({ threads: 1, wasmFolder: WASM_FOLDER });
    await info.dispose();
    assert.match(info.reason, info.build === 'relaxed' ? /available/ : /missing in Node/);
    assert.ok(info.kernels.includes('SpikeConv2d'));
    assert.equal(tf.findBackend('simd'), null);
  });
});
