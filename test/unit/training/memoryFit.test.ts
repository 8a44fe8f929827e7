import assert from 'node:assert/strict';
import { MemoryShortage } from '../../../engine/backends/memoryShortage';
import { freeBytesOf } from '../../../engine/backends/webgpu/gpuMemory';
import type { SpikeBridgeError } from '../../../engine/errors';
import { networkSchema } from '../../../engine/models/networkSchema';
import type { TransferConfiguration } from '../../../engine/training/configuration';
import { type MemoryOwner, namingFittingBatch, requireMemory } from '../../../engine/training/memoryFit';

const GIBIBYTE = 2 ** 30;

/** Transfer_VGG_SNN at full size. */
function fullSize(batchPairs: number): TransferConfiguration {
  return {
    method: 'ktl',
    network: networkSchema.parse({ preset: 'vgg-snn' }),
    frames: { timeSteps: 10, sizePixels: 48 },
    training: { batchPairs },
  } as TransferConfiguration;
}

const gpu = (precision: 'f32' | 'f16', gibibytes?: number): MemoryOwner => ({
  name: 'webgpu',
  precision,
  freeBytes: async () => gibibytes && gibibytes * GIBIBYTE,
});

async function refusal(batchPairs: number, owner: MemoryOwner): Promise<SpikeBridgeError | undefined> {
  return requireMemory(fullSize(batchPairs), 101, owner).then(
    () => undefined,
    (error) => error,
  );
}

const batchNamed = ({ nextStep }: SpikeBridgeError) =>
  Number(/batchPairs (\d+) would fit/.exec(nextStep)?.[1]);

describe('memory of a batch', () => {
  it('refuses before the first step what a GPU of 24 GiB cannot hold, and names a batch that it does not refuse', async () => {
    for (const precision of ['f16', 'f32'] as const) {
      const error = await refusal(1000, gpu(precision, 24));
      assert.equal(error?.category, 'configuration');
      const fitting = batchNamed(error);
      assert.equal(await refusal(fitting, gpu(precision, 24)), undefined);
      // Peaks measured on an H200 (README): 71 MiB a pair in f16, 171 MiB in f32.
      const measured = precision === 'f16' ? 0.071 : 0.1705;
      assert.ok(fitting * measured < 24, `${fitting} pairs in ${precision} take more than 24 GiB`);
      assert.ok(fitting * measured > 24 * 0.7, `${fitting} pairs in ${precision} are far too few`);
    }
  });

  it('refuses nothing where the memory is not known', async () => {
    assert.equal(await refusal(100_000, gpu('f16')), undefined);
    assert.equal(await refusal(100_000, { name: 'cpu', precision: 'f32' }), undefined);
  });

  it('still refuses what simd cannot address', async () => {
    const error = await refusal(120, { name: 'simd', precision: 'f32' });
    assert.ok(batchNamed(error!) < 120);
  });

  it('says so when no batch fits', async () => {
    const error = await refusal(1, gpu('f32', 0.01));
    assert.match(error!.nextStep, /No batch would fit/);
  });

  it('names the batch for the memory that a failed step could hold', () => {
    const shortage = new MemoryShortage('full', 'Lower training.batchPairs, end other programs.', {
      availableBytes: 8 * GIBIBYTE,
    });
    const error = namingFittingBatch(shortage, fullSize(200), 101, gpu('f16')) as SpikeBridgeError;
    const fitting = batchNamed(error);
    assert.ok(fitting > 70 && fitting * 0.071 < 8, `${fitting}`);
    assert.match(error.nextStep, /Otherwise end other programs/);
  });

  it('names a smaller batch where the estimate would allow the present one', () => {
    const shortage = new MemoryShortage('full', 'Lower training.batchPairs, end.', {
      availableBytes: 80 * GIBIBYTE,
    });
    assert.equal(
      batchNamed(namingFittingBatch(shortage, fullSize(50), 101, gpu('f16')) as SpikeBridgeError),
      49,
    );
  });

  it('names the batch that a binding takes', () => {
    const shortage = new MemoryShortage('binding', 'Lower training.batchPairs, or use f16.', { share: 0.75 });
    const error = namingFittingBatch(shortage, fullSize(240), 101, gpu('f32')) as SpikeBridgeError;
    assert.equal(batchNamed(error), 180);
  });

  it('leaves other errors alone', () => {
    const error = new Error('other');
    assert.equal(namingFittingBatch(error, fullSize(1), 101, gpu('f16')), error);
  });

  it('reads the free memory of the GPU that is used', () => {
    const table = 'NVIDIA T4, 100\nNVIDIA H200, 143000\nNVIDIA H200, 90000\n';
    assert.equal(freeBytesOf(table, 'NVIDIA H200'), 143_000 * 2 ** 20);
    assert.equal(freeBytesOf(table, 'AMD'), undefined);
    assert.equal(freeBytesOf('NVIDIA H200, [N/A]\n', 'NVIDIA H200'), undefined);
  });
});
