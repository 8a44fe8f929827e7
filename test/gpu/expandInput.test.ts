import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { BatchAssembler } from '../../engine/datasets/batchAssembler';
import { expandInput, type PackedInput } from '../../engine/datasets/packedFrames';
import { inputTensor } from '../../engine/models/networkInput';
import { type FrameKind, randomSources, ruleOf } from '../unit/datasets/packedSamples';
import { useGpu } from './gpuPair';

/** Rows in any order, frames and planes repeated. */
function inputOf(kind: FrameKind, timeSteps: number, size: number, seed: number): PackedInput {
  const sources = randomSources(ruleOf(timeSteps, size), [kind]);
  const packed = new BatchAssembler(sources).assemble({
    part: 'train',
    recordings: Uint32Array.of(3, 140, 3 + seed),
    images: Uint32Array.of(5, 0),
  });
  const last = packed.frames + packed.planes;
  const rows = Int32Array.from({ length: 2 * last + 1 }, (_, row) => (row * 7 + seed) % last);
  return { packed, rows };
}

async function gpuValues(input: PackedInput, size: number): Promise<Float32Array> {
  const x = inputTensor(input, { rows: input.rows.length, size });
  // As a training step does: the next batch may take the memory once the kernel has returned.
  input.packed.words.fill(0xffffffff);
  const values = Float32Array.from(await x.data());
  x.dispose();
  return values;
}

describe('packed inputs on the GPU', () => {
  useGpu('f32');

  before(() => tf.setBackend('webgpu'));

  for (const kind of ['counts', 'shares'] as const) {
    for (const [timeSteps, size] of [
      [1, 3],
      [3, 5],
      [2, 16],
      [2, 25],
    ] as const) {
      it(`are expanded to the same bits: ${kind}, T = ${timeSteps}, S = ${size}`, async () => {
        for (const seed of [0, 1, 2]) {
          const input = inputOf(kind, timeSteps, size, seed);
          const expected = expandInput(input);
          const values = await gpuValues(input, size);
          assert.deepEqual(new Uint32Array(values.buffer), new Uint32Array(expected.buffer));
        }
      });
    }
  }

  it('keep no tensor and no more buffers than one batch takes', async () => {
    const allocated = () => tf.memory().numTensors;
    await gpuValues(inputOf('shares', 2, 16, 0), 16);
    const before = allocated();
    const first = (tf.memory() as unknown as { numBytesInGPUAllocated: number }).numBytesInGPUAllocated;
    for (let round = 0; round < 5; round++) {
      await gpuValues(inputOf('shares', 2, 16, round), 16);
    }
    assert.equal(allocated(), before);
    assert.equal(
      (tf.memory() as unknown as { numBytesInGPUAllocated: number }).numBytesInGPUAllocated,
      first,
    );
  });
});
