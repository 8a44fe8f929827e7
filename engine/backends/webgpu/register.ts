import * as tf from '@tensorflow/tfjs-core';
import { openGpu } from './dawn';
import { adamWKernels } from './kernels/adamW';
import { alignmentKernels } from './kernels/alignment';
import { batchNormKernels } from './kernels/batchNorm';
import { convolutionKernels } from './kernels/convolution';
import { inputKernels } from './kernels/expandInput';
import { WEBGPU_BACKEND_NAME } from './kernels/gpuKernel';
import { lifKernels } from './kernels/lif';
import { matrixProductKernels } from './kernels/matrixProduct';
import { poolingKernels } from './kernels/pooling';
import { residualAddKernels } from './kernels/residualAdd';
import { spikeRateKernels } from './kernels/spikeRates';
import { replacedKernels } from './kernels/stockKernel';
import { tetLossKernels } from './kernels/tetLoss';
import { type Precision, SpikeWebGpuBackend } from './webGpuBackend';

/** Above the CPU backends, so that tfjs prefers it. */
const PRIORITY = 3;

const OWN_KERNELS = [
  ...inputKernels,
  ...convolutionKernels,
  ...batchNormKernels,
  ...lifKernels,
  ...adamWKernels,
  ...poolingKernels,
  ...spikeRateKernels,
  ...matrixProductKernels,
  ...residualAddKernels,
  ...tetLossKernels,
  ...alignmentKernels,
];

export interface WebGpuOptions {
  /** `auto`: halves where the GPU multiplies them as matrices. */
  readonly precision: Precision | 'auto';
  readonly allowSoftware: boolean;
}

function registerKernels(): void {
  for (const kernel of OWN_KERNELS) {
    const { kernelName } = kernel;
    const stock = tf.getKernel(kernelName, WEBGPU_BACKEND_NAME);
    if (stock && stock !== kernel) {
      replacedKernels.set(kernelName, stock);
    }
    if (stock) {
      tf.unregisterKernel(kernelName, WEBGPU_BACKEND_NAME);
    }
    tf.registerKernel(kernel);
  }
}

/**
 * Opens the GPU and registers the tfjs backend `webgpu`; the caller makes it the active one.
 * @throws SpikeBridgeError (backend) when there is no GPU or the package `webgpu` cannot be loaded.
 */
export async function registerWebGpuBackend({
  precision,
  allowSoftware,
}: WebGpuOptions): Promise<SpikeWebGpuBackend> {
  const gpu = await openGpu({ allowSoftware });
  const automatic = gpu.hasMatrices ? 'f16' : 'f32';
  const backend = new SpikeWebGpuBackend(gpu, precision === 'auto' ? automatic : precision);
  tf.registerBackend(WEBGPU_BACKEND_NAME, () => backend, PRIORITY);
  registerKernels();
  return backend;
}

/** Names of our kernels by tfjs name. */
export const OWN_KERNEL_NAMES: readonly string[] = OWN_KERNELS.map(({ kernelName }) => kernelName);
