import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { registerWebGpuBackend } from '../../../engine/backends/webgpu/register';
import type { Precision, SpikeWebGpuBackend } from '../../../engine/backends/webgpu/webGpuBackend';
import type { Trainer, TrainingBatch } from '../../../engine/training/trainer';
import { fullSizeTrainer, LEARNING_RATE, type StepSize, syntheticBatch } from './fullSizeStep';

/**
 * Our side of gpuQueue.mjs: KTL iterations on Dawn's null backend. Prints one JSON line: dispatches by kernel, calls of
 * the API, and milliseconds of the main thread (medians).
 */

const WARMUP = 4;
/** The null backend has 512 MiB: the same kernels in the same number, on smaller tensors. */
const SIZE: StepSize = { sizePixels: 16, channels: [64, 128, 256, 256, 256, 256, 256, 256] };
/** Calls that cost the main thread something. */
const COUNTED: Readonly<Record<string, readonly string[]>> = {
  GPUDevice: ['createBuffer', 'createBindGroup', 'createCommandEncoder'],
  GPUQueue: ['writeBuffer', 'submit'],
  GPUCommandEncoder: ['beginComputePass', 'copyBufferToBuffer', 'clearBuffer'],
};

type Counts = Map<string, number>;
type Methods = Record<string, (...values: unknown[]) => unknown>;

const note = (counts: Counts, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);

/** Replaces a method by one that also tells `before` its arguments; returns how to undo it. */
function spyOn(owner: object, method: string, before: (...values: unknown[]) => void): () => void {
  const methods = owner as Methods;
  const original = methods[method]!;
  const isOwn = Object.hasOwn(owner, method);
  methods[method] = function (this: unknown, ...values) {
    before(...values);
    return original.apply(this, values);
  };
  return () => {
    if (isOwn) {
      methods[method] = original;
    } else {
      delete methods[method];
    }
  };
}

interface StockProgram {
  readonly op?: unknown;
  readonly reduceType?: string;
}

/** Dispatches by kernel and calls of the API in one step. */
async function count(backend: SpikeWebGpuBackend, step: () => Promise<unknown>) {
  const [dispatches, calls]: [Counts, Counts] = [new Map(), new Map()];
  const globals = globalThis as unknown as Record<string, { prototype: object }>;
  const undo = [
    spyOn(backend, 'dispatch', (dispatch) => {
      note(dispatches, `ours: ${(dispatch as { label: string }).label}`);
    }),
    spyOn(backend, 'runWebGPUProgram', (program, inputs) => {
      const { op, reduceType } = program as StockProgram;
      const shapes = (inputs as tf.TensorInfo[]).map(({ shape }) => `[${shape.join()}]`).join(' ');
      const name = (program as object).constructor.name;
      note(dispatches, `stock: ${name} ${op ?? reduceType ?? ''} ${shapes}`);
    }),
    ...Object.entries(COUNTED).flatMap(([owner, methods]) =>
      methods.map((method) => spyOn(globals[owner]!.prototype, method, () => note(calls, method))),
    ),
  ];
  await step();
  for (const each of undo) {
    each();
  }
  return { dispatches: Object.fromEntries(dispatches), calls: Object.fromEntries(calls) };
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] as number;

async function measure(trainer: Trainer, batch: TrainingBatch, iterations: number) {
  const [queue, step]: [number[], number[]] = [[], []];
  for (let iteration = 0; iteration < WARMUP + iterations; iteration++) {
    const start = performance.now();
    const pending = trainer.step(batch, LEARNING_RATE);
    queue.push(performance.now() - start);
    await pending;
    step.push(performance.now() - start);
  }
  const settled = queue.slice(WARMUP);
  return { queue: median(settled), leastQueue: Math.min(...settled), step: median(step.slice(WARMUP)) };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      pairs: { type: 'string', default: '4' },
      iterations: { type: 'string', default: '20' },
      precision: { type: 'string', default: 'f16' },
    },
  });
  tf.enableProdMode();
  const backend = await registerWebGpuBackend({
    precision: values.precision as Precision,
    allowSoftware: true,
  });
  await tf.setBackend('webgpu');
  backend.device.addEventListener('uncapturederror', (event) => {
    throw new Error((event as GPUUncapturedErrorEvent).error.message);
  });
  const pairs = Number(values.pairs);
  const { trainer } = fullSizeTrainer(SIZE);
  const batch = syntheticBatch(pairs, 1, SIZE);
  const milliseconds = await measure(trainer, batch, Number(values.iterations));
  const counted = await count(backend, () => trainer.step(batch, LEARNING_RATE));
  const mebibytes = backend.allocatedBytes / 2 ** 20;
  console.log(JSON.stringify({ pairs, milliseconds, mebibytes, ...counted }));
  process.exit(0);
}

main().catch((error: Error) => {
  console.error(`error: ${error.stack}`);
  process.exit(1);
});
