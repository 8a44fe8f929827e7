import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import type { BackendProvider } from './backendProvider';
import { freeGpuMemory } from './webgpu/gpuMemory';
import { OWN_KERNEL_NAMES, registerWebGpuBackend } from './webgpu/register';
import { testMatrixKernels, testRoundTrip } from './webgpu/selfTest';
import type { SpikeWebGpuBackend } from './webgpu/webGpuBackend';

/** Set for tests: a software renderer counts as a GPU. */
const ALLOW_SOFTWARE = 'SPIKEBRIDGE_ALLOW_SOFTWARE_GPU';

/** Makes the backend active and tests it; where it fails, nothing of it stays. */
async function testBackend(backend: SpikeWebGpuBackend): Promise<string | undefined> {
  try {
    await tf.setBackend('webgpu');
    await testRoundTrip();
    return backend.usesMatrices ? await testMatrixKernels(backend) : undefined;
  } catch (error) {
    tf.removeBackend('webgpu');
    throw error;
  }
}

/** The GPU through WebGPU (Dawn): Vulkan, Metal or D3D12. */
export const WEBGPU_PROVIDER: BackendProvider = {
  name: 'webgpu',
  reason: 'there is a GPU',
  async activate({ precision = 'auto' }) {
    tf.enableProdMode();
    const allowSoftware = process.env[ALLOW_SOFTWARE] === '1';
    const backend = await registerWebGpuBackend({ precision, allowSoftware });
    const problem = await testBackend(backend);
    const products = backend.usesMatrices ? 'subgroup matrices' : (problem ?? 'f32 tiles');
    return {
      name: 'webgpu',
      detail: `${backend.gpu.title}, ${backend.precision}, ${products}`,
      precision: backend.precision,
      kernels: OWN_KERNEL_NAMES,
      freeBytes: () => freeGpuMemory(backend.gpu.info.device),
      dispose: async () => {
        tf.removeBackend('webgpu');
      },
    };
  },
};
