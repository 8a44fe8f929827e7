import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { activateBackend } from '../../../engine/backends/activateBackend';
import type { PrecisionChoice } from '../../../engine/backends/choice';
import { KernelClock, type KernelTime } from '../../../engine/backends/webgpu/kernelClock';
import type { SpikeWebGpuBackend } from '../../../engine/backends/webgpu/webGpuBackend';
import type { Trainer, TrainingBatch } from '../../../engine/training/trainer';
import { fullSizeTrainer, LEARNING_RATE, syntheticBatch } from './fullSizeStep';

/**
 * Our side of `npm run bench:gpu`: KTL iterations of Transfer_VGG_SNN at full size on the webgpu backend.
 * Prints one JSON line: milliseconds per iteration (median), bytes of GPU memory, and times by kernel.
 */

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] as number;

interface Measurement {
  readonly milliseconds: readonly number[];
  readonly losses: readonly number[];
  readonly encodeMilliseconds: readonly number[];
}

/** Steps with one in flight behind the one being queued, as training does. */
async function measure(
  trainer: Trainer,
  batches: readonly TrainingBatch[],
  count: number,
): Promise<Measurement> {
  const [milliseconds, losses, encodeMilliseconds]: [number[], number[], number[]] = [[], [], []];
  let before = performance.now();
  let pending: ReturnType<Trainer['step']> | undefined;
  const settle = async () => {
    losses.push((await pending!).loss.total);
    const now = performance.now();
    milliseconds.push(now - before);
    before = now;
  };
  for (let step = 0; step < count; step++) {
    const start = performance.now();
    const next = trainer.step(batches[step % batches.length] as TrainingBatch, LEARNING_RATE);
    encodeMilliseconds.push(performance.now() - start);
    if (pending) {
      await settle();
    }
    pending = next;
  }
  await settle();
  return { milliseconds, losses, encodeMilliseconds };
}

async function kernelTimes(
  backend: SpikeWebGpuBackend,
  trainer: Trainer,
  batch: TrainingBatch,
): Promise<KernelTime[]> {
  backend.clock = new KernelClock(backend.device);
  await trainer.step(batch, LEARNING_RATE);
  const { clock } = backend;
  backend.clock = undefined;
  return clock.read();
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      precision: { type: 'string', default: 'auto' },
      batch: { type: 'string', default: '120' },
      iterations: { type: 'string', default: '10' },
      warmup: { type: 'string', default: '3' },
    },
  });
  const active = await activateBackend('webgpu', { precision: values.precision as PrecisionChoice });
  const backend = tf.backend() as SpikeWebGpuBackend;
  const pairs = Number(values.batch);
  const { network, trainer } = fullSizeTrainer();
  const batches = [1, 2].map((seed) => syntheticBatch(pairs, seed));
  const warmup = await measure(trainer, batches, Number(values.warmup));
  const bytesBefore = backend.allocatedBytes;
  const { milliseconds, losses, encodeMilliseconds } = await measure(
    trainer,
    batches,
    Number(values.iterations),
  );
  const kernels = backend.gpu.hasTimestamps
    ? await kernelTimes(backend, trainer, batches[0] as TrainingBatch)
    : [];
  const typical = median(milliseconds.slice(1));
  console.log(
    JSON.stringify({
      batch: pairs,
      precision: active.precision,
      detail: active.detail,
      firstMilliseconds: warmup.milliseconds[0],
      milliseconds: typical,
      pairsPerSecond: (pairs / typical) * 1000,
      encodeMilliseconds: median(encodeMilliseconds),
      gibibytes: backend.allocatedBytes / 2 ** 30,
      grownBytes: backend.allocatedBytes - bytesBefore,
      tensors: tf.memory().numTensors,
      losses: [losses[0], losses.at(-1)],
      kernels,
    }),
  );
  trainer.dispose();
  network.dispose();
  await active.dispose();
  process.exit(0);
}

main().catch((error: Error) => {
  console.error(`error: ${error.message}`);
  process.exit(1);
});
