import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import type { BackendProvider } from './backendProvider';
import { wholePrecision } from './precision';
import { registerSimdBackend } from './simd/register';

/** Our WebAssembly backend: shared memory, SIMD, threads, event-driven convolution. */
export const SIMD_PROVIDER: BackendProvider = {
  name: 'simd',
  reason: 'it is the fastest backend present: WebAssembly SIMD with threads',
  async activate({ threads, precision }) {
    tf.enableProdMode();
    const info = await registerSimdBackend({ threads });
    await tf.setBackend('simd');
    const count = info.threads === 1 ? '1 thread' : `${info.threads} threads`;
    const detail = `WebAssembly ${info.build === 'relaxed' ? 'relaxed SIMD' : 'SIMD'}, ${count}`;
    return {
      ...{ name: 'simd', detail, kernels: info.kernels, dispose: info.dispose },
      ...wholePrecision('simd', precision),
    };
  },
};
