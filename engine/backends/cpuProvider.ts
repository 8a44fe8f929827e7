import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-backend-cpu';
import type { BackendProvider } from './backendProvider';
import { wholePrecision } from './precision';

/** The stock tfjs backend in JavaScript: slow, everywhere, and the oracle of the others. */
export const CPU_PROVIDER: BackendProvider = {
  name: 'cpu',
  reason: 'it runs everywhere',
  async activate({ precision }) {
    tf.enableProdMode();
    await tf.setBackend('cpu');
    return {
      name: 'cpu',
      detail: 'stock tfjs in JavaScript, 1 thread',
      ...wholePrecision('cpu', precision),
      kernels: [],
      dispose: async () => {},
    };
  },
};
