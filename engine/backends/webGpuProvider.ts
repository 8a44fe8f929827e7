import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import type { BackendProvider } from './backendProvider';
import type { KernelReport } from './backendReport';
import { gpuPrecision } from './precision';
import { allowsSoftwareGpu } from './runtime';
import { freeGpuMemory } from './webgpu/gpuMemory';
import { OWN_KERNEL_NAMES, registerWebGpuBackend } from './webgpu/register';
import { testMatrixKernels, testRoundTrip } from './webgpu/selfTest';
import type { SpikeWebGpuBackend } from './webgpu/webGpuBackend';

/** Makes the backend active and tests it; where it fails, nothing of it stays. */
async function testBackend(backend: SpikeWebGpuBackend): Promise<string | undefined> {
  try {
    await tf.setBackend('webgpu');
    await testRoundTrip();
    return backend.gpu.hasMatrices ? await testMatrixKernels(backend) : undefined;
  } catch (error) {
    tf.removeBackend('webgpu');
    throw error;
  }
}

/** Why convolutions cannot multiply f16 matrices; undefined where they can. @param problem what the self-test found. */
function noMatrices({ gpu }: SpikeWebGpuBackend, problem?: string): string | undefined {
  return problem ?? (gpu.hasMatrices ? undefined : 'this GPU offers no f16 matrices');
}

const PRODUCTS = { f16: 'f16 products', f32: 'f32 as sums of halves' } as const;

/** What multiplies in convolutions, and why nothing faster does. @param problem what the self-test found. */
function productKernel(backend: SpikeWebGpuBackend, problem?: string): KernelReport {
  const work = 'convolutions';
  const { matrixPrecision } = backend;
  return matrixPrecision
    ? { work, kernel: `subgroup matrices (${PRODUCTS[matrixPrecision]}, f32 sums)` }
    : { work, kernel: 'f32 tiles', reason: noMatrices(backend, problem) };
}

function otherKernels({ precision }: SpikeWebGpuBackend): KernelReport[] {
  const kept = precision === 'f16' ? 'halves and bits' : 'f32 and bits';
  return [
    { work: 'activations', kernel: `kept as ${kept}` },
    { work: 'batch norm, neurons, pools, heads, losses, AdamW', kernel: 'our own' },
    { work: 'everything else', kernel: 'stock tfjs-backend-webgpu' },
  ];
}

/** The GPU through WebGPU (Dawn): Vulkan, Metal or D3D12. */
export const WEBGPU_PROVIDER: BackendProvider = {
  name: 'webgpu',
  reason: 'there is a GPU',
  async activate({ precision = 'auto' }) {
    tf.enableProdMode();
    const backend = await registerWebGpuBackend({ precision, allowSoftware: allowsSoftwareGpu() });
    const problem = await testBackend(backend);
    const products = productKernel(backend, problem);
    return {
      name: 'webgpu',
      detail: `${backend.gpu.title}, ${backend.precision}, ${problem ?? products.kernel}`,
      ...gpuPrecision(precision, backend.precision, noMatrices(backend, problem)),
      kernels: OWN_KERNEL_NAMES,
      adapter: backend.gpu.report,
      kernelReports: [products, ...otherKernels(backend)],
      freeBytes: () => freeGpuMemory(backend.gpu.info.device),
      dispose: async () => {
        tf.removeBackend('webgpu');
      },
    };
  },
};
