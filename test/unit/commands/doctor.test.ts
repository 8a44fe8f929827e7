import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { measureSpeed } from '../../../engine/backends/speedTest';
import { doctor, doctorLines } from '../../../engine/commands/doctor';
import type { DoctorResult } from '../../../engine/protocol/engineProtocol';
import { useSimdBackend } from '../backends/backendPair';

const RESULT: DoctorResult = {
  engineVersion: '1.2.3',
  runtime: { executable: '/usr/bin/node', node: 'v20.0.0', note: 'the first one refused' },
  automatic: { name: 'webgpu', reason: 'there is a GPU' },
  backends: [
    {
      name: 'webgpu',
      available: true,
      detail: 'a card, f32',
      precision: { precision: 'f32', precisionReason: 'it was asked for' },
      adapter: {
        name: 'A Card',
        vendor: 'acme',
        architecture: 'one',
        driver: 'driver 5',
        api: 'Metal',
        isSoftware: true,
        features: ['subgroups'],
        limits: { maxBufferSize: 1024 },
      },
      kernels: [{ work: 'convolutions', kernel: 'f32 tiles', reason: 'matrix kernels deviate' }],
      selfTest: { passed: true, deviation: 2e-6 },
      speed: { productTeraflops: 1.2345, copyGigabytesPerSecond: 67.89 },
    },
    { name: 'simd', available: false, detail: 'no WebAssembly', nextStep: 'Update Node.' },
  ],
};

describe('doctor', function () {
  this.timeout(60_000);

  it('says what computes, how, and how fast', () => {
    const text = doctorLines(RESULT).join('\n');
    assert.match(text, /SpikeBridge 1\.2\.3 on Node v20\.0\.0 \(the first one refused\)/);
    assert.match(text, /adapter +A Card, Metal, driver 5, software renderer\n/);
    assert.match(text, /features +subgroups\n/);
    assert.match(text, /maxBufferSize +1024\n/);
    assert.match(text, /kernels +convolutions: f32 tiles \(matrix kernels deviate\)\n/);
    assert.match(text, /self-test +passed, deviation 2\.0e-6 from cpu\n/);
    assert.match(text, /speed +convolution 1\.23 TFLOP\/s, memory 67\.9 GB\/s/);
    assert.match(text, /precision +f32: it was asked for\n/);
    assert.match(text, /simd +missing +no WebAssembly/);
    assert.match(text, /\nsimd\n {2}next step {2}Update Node\.$/);
    assert.match(text, /auto takes webgpu: there is a GPU/);
  });

  it('prints JSON', async () => {
    const printed: string[] = [];
    const output = { print: (line: string) => printed.push(line) } as never;
    assert.equal(await doctor({ json: true }, output), 0);
    assert.equal(JSON.parse(printed.join('')).backends.length, 3);
  });
});

describe('measured speed', () => {
  useSimdBackend(1);

  it('is there for a backend with kernels of ours, and leaves no tensor', async () => {
    await tf.setBackend('simd');
    const before = tf.memory().numTensors;
    const speed = await measureSpeed();
    assert.ok(speed && speed.productTeraflops > 0 && speed.copyGigabytesPerSecond > 0);
    assert.equal(tf.memory().numTensors, before);
  });

  it('is not taken of the stock backend', async () => {
    await tf.setBackend('cpu');
    assert.equal(await measureSpeed(), undefined);
  });
});
