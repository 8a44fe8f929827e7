import os from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { adamWKernels } from './adamW';
import { batchNormKernels } from './batchNorm';
import { convolutionKernels } from './convolution';
import { elementwiseKernels } from './elementwise';
import { JobRunner } from './jobRunner';
import { SIMD_BACKEND_NAME } from './kernelConfig';
import { lifKernels } from './lif';
import { matrixProductKernels } from './matrixProduct';
import { poolingKernels } from './pooling';
import { reductionKernels } from './reduction';
import { SharedHeap } from './sharedHeap';
import { SimdBackend } from './simdBackend';
import { ThreadPool } from './threadPool';
import { compileKernels, instantiateKernels, type WasmBuild } from './wasmModule';

const MOST_DEFAULT_THREADS = 8;
/** Above the stock cpu backend (1), so that tfjs prefers simd. */
const PRIORITY = 2;

export interface SimdBackendOptions {
  /** 1 to 64, the main thread included; default: the machine's processors, at most 8. */
  readonly threads?: number;
  /** Folder of simd.wasm, simd-relaxed.wasm and simdThread.js; default: the folder of the running bundle. */
  readonly wasmFolder?: string;
}

/** What was registered. */
export interface SimdBackendInfo {
  readonly build: WasmBuild;
  readonly threads: number;
  /** The kernels that run in WebAssembly, by tfjs name. */
  readonly kernels: readonly string[];
  /** Why this build was chosen. */
  readonly reason: string;
  /** Ends the threads and removes the backend with its tensors from tfjs. */
  readonly dispose: () => Promise<void>;
}

const OWN_KERNELS = [
  ...convolutionKernels,
  ...batchNormKernels,
  ...lifKernels,
  ...adamWKernels,
  ...poolingKernels,
  ...matrixProductKernels,
  ...elementwiseKernels,
  ...reductionKernels,
];

/** Registers our kernels for `simd`, and the stock cpu kernels for all names that we do not implement. */
function registerKernels(): void {
  const own = new Set(OWN_KERNELS.map(({ kernelName }) => kernelName));
  for (const kernel of OWN_KERNELS) {
    tf.registerKernel(kernel);
  }
  for (const kernel of tf.getKernelsForBackend('cpu')) {
    if (!own.has(kernel.kernelName)) {
      tf.registerKernel({ ...kernel, backendName: SIMD_BACKEND_NAME });
    }
  }
}

function unregisterKernels(): void {
  for (const { kernelName } of tf.getKernelsForBackend(SIMD_BACKEND_NAME)) {
    tf.unregisterKernel(kernelName, SIMD_BACKEND_NAME);
  }
}

/**
 * Registers the tfjs backend `simd`; the caller makes it the active one (tf.setBackend). The results do not depend
 * on the number of threads.
 * @throws SpikeBridgeError (backend) when the WebAssembly files or the threads cannot be loaded.
 */
export async function registerSimdBackend(options: SimdBackendOptions = {}): Promise<SimdBackendInfo> {
  const threads = options.threads ?? Math.min(os.availableParallelism(), MOST_DEFAULT_THREADS);
  const folder = options.wasmFolder ?? __dirname;
  const { module, build, reason } = await compileKernels(folder);
  const heap = new SharedHeap();
  const kernels = await instantiateKernels(module, heap.memory);
  const pool = await ThreadPool.start(threads - 1, folder, { module, memory: heap.memory });
  const backend = new SimdBackend(heap, new JobRunner(heap, kernels, threads));
  tf.registerBackend(SIMD_BACKEND_NAME, () => backend, PRIORITY);
  registerKernels();
  return {
    build,
    threads,
    reason,
    kernels: OWN_KERNELS.map(({ kernelName }) => kernelName),
    dispose: async () => {
      unregisterKernels();
      tf.removeBackend(SIMD_BACKEND_NAME);
      await pool.dispose();
    },
  };
}
