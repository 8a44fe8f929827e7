import { parentPort, workerData } from 'node:worker_threads';
import { CONTROL_ADDRESS, type ThreadData } from './controlBlock';
import { instantiateKernels } from './wasmModule';

/** Entry of a worker thread of the simd backend: serves jobs until the main thread says stop. */
async function main(): Promise<void> {
  const { module, memory, thread } = workerData as ThreadData;
  const { serve } = await instantiateKernels(module, memory);
  parentPort?.postMessage('ready');
  serve(CONTROL_ADDRESS, thread);
}

void main();
