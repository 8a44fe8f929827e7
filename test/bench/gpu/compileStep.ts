import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { type Gpu, openGpu } from '../../../engine/backends/webgpu/dawn';
import { registerWebGpuBackend } from '../../../engine/backends/webgpu/register';
import { FULL_SIZE, fullSizeTrainer, LEARNING_RATE, type StepSize, syntheticBatch } from './fullSizeStep';

/**
 * Our side of gpuCompile.mjs: compiles the shaders of one KTL iteration. Prints one JSON line: the number of shaders,
 * and milliseconds to open the devices and until all is compiled.
 */

const SMALL: StepSize = { sizePixels: 16, channels: [64, 128, 256, 256, 256, 256, 256, 256] };

interface Shader {
  readonly code: string;
  readonly entryPoint: string;
}

/** All shaders of a step, none of which is compiled. */
async function shadersOfStep(size: StepSize, pairs: number): Promise<Shader[]> {
  const { device } = await registerWebGpuBackend({ precision: 'auto', allowSoftware: true });
  await tf.setBackend('webgpu');
  const shaders: Shader[] = [];
  device.createShaderModule = ({ code }) => ({ code }) as unknown as GPUShaderModule;
  device.createComputePipelineAsync = ({ compute: { module, entryPoint = 'main' } }) => {
    shaders.push({ ...(module as unknown as Pick<Shader, 'code'>), entryPoint });
    return new Promise(() => {});
  };
  const { trainer } = fullSizeTrainer(size);
  void trainer.step(syntheticBatch(pairs, 1, size), LEARNING_RATE);
  return shaders;
}

async function compile({ device }: Gpu, { code, entryPoint }: Shader): Promise<void> {
  const module = device.createShaderModule({ code });
  await device.createComputePipelineAsync({ layout: 'auto', compute: { module, entryPoint } });
}

/**
 * Compiles shaders on the first device; each of the others, with two threads of its own, compiles an equal share
 * before the first one does, whose driver may know them then.
 */
async function compileShared([main, ...helpers]: readonly Gpu[], shaders: readonly Shader[]): Promise<void> {
  await Promise.all(
    shaders.map(async (shader, index) => {
      const helper = helpers[(index % (helpers.length + 1)) - 1];
      if (helper) {
        await compile(helper, shader);
      }
      await compile(main!, shader);
    }),
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      helpers: { type: 'string', default: '0' },
      pairs: { type: 'string', default: '4' },
      small: { type: 'boolean', default: false },
    },
  });
  tf.enableProdMode();
  const shaders = await shadersOfStep(values.small ? SMALL : FULL_SIZE, Number(values.pairs));
  const opening = performance.now();
  const gpus: Gpu[] = [];
  for (let device = 0; device <= Number(values.helpers); device++) {
    gpus.push(await openGpu({ allowSoftware: true }));
  }
  const start = performance.now();
  await compileShared(gpus, shaders);
  const milliseconds = { opening: start - opening, compiling: performance.now() - start };
  console.log(JSON.stringify({ gpu: gpus[0]?.title, shaders: shaders.length, milliseconds }));
  process.exit(0);
}

main().catch((error: Error) => {
  console.error(`error: ${error.stack}`);
  process.exit(1);
});
