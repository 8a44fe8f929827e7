import assert from 'node:assert/strict';
import { probeGpu } from '../../engine/backends/gpuProbe';
import { openGpu } from '../../engine/backends/webgpu/dawn';
import { MappedMemoryRefused, requireMappedMemory } from '../../engine/backends/webgpu/mappedMemory';

describe('memory of the GPU that this process may see', () => {
  it('is there on Node', async () => {
    const gpu = await openGpu({ allowSoftware: true });
    await requireMappedMemory(gpu.device);
    gpu.close();
  });

  it('is missed where the runtime shows none, as Electron does', async () => {
    const gpu = await openGpu({ allowSoftware: true });
    const create = gpu.device.createBuffer.bind(gpu.device);
    gpu.device.createBuffer = (descriptor) =>
      Object.assign(create(descriptor), {
        getMappedRange: () => {
          throw new Error('Error in native callback');
        },
      });
    await assert.rejects(
      () => requireMappedMemory(gpu.device),
      (error) => error instanceof MappedMemoryRefused && /nodePath/.test(error.nextStep),
    );
    gpu.close();
  });

  it('is asked for by a probe, which a variable forbids', async () => {
    process.env.SPIKEBRIDGE_NO_GPU = 'it ended another process';
    try {
      assert.deepEqual(await probeGpu(), { state: 'missing', detail: 'it ended another process' });
    } finally {
      delete process.env.SPIKEBRIDGE_NO_GPU;
    }
  });
});
