import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { registerWebGpuBackend } from '../../../engine/backends/webgpu/register';
import { FULL_SIZE, fullSizeTrainer, LEARNING_RATE, type StepSize, syntheticBatch } from './fullSizeStep';

/** Our side of gpuCompile.mjs: the first KTL iteration. Prints one JSON line: its shaders and its milliseconds. */

const SMALL: StepSize = { sizePixels: 16, channels: [64, 128, 256, 256, 256, 256, 256, 256] };

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', default: true },
      pairs: { type: 'string', default: '4' },
      small: { type: 'boolean', default: false },
    },
    allowNegative: true,
  });
  tf.enableProdMode();
  const backend = await registerWebGpuBackend({ precision: 'auto', allowSoftware: true });
  await tf.setBackend('webgpu');
  if (!values.help) {
    backend.gpu.openHelpers = async () => [];
  }
  const size = values.small ? SMALL : FULL_SIZE;
  const { trainer } = fullSizeTrainer(size);
  const batch = syntheticBatch(Number(values.pairs), 1, size);
  const start = performance.now();
  const step = trainer.step(batch, LEARNING_RATE);
  const shaders = backend.compilation?.total;
  await step;
  console.log(JSON.stringify({ gpu: backend.gpu.title, shaders, milliseconds: performance.now() - start }));
  process.exit(0);
}

main().catch((error: Error) => {
  console.error(`error: ${error.stack}`);
  process.exit(1);
});
