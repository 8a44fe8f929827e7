import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { activateBackend } from '../../engine/backends/activateBackend';
import type { BackendChoice } from '../../engine/backends/choice';
import { loadTransferData, type TrainBatch, type TransferData } from '../../engine/datasets/transferData';
import { mixerSchema } from '../../engine/methods/methodSchema';
import { replaceFrames } from '../../engine/methods/mixer';
import { samplesToReplace } from '../../engine/methods/sliding';
import { encodeSafetensors, type StoredTensor } from '../../engine/runs/safetensors';
import { createSampleData } from '../../engine/sample/createSample';
import { readConfiguration, type TransferConfiguration } from '../../engine/training/configuration';
import { buildNetwork, buildTrainer } from '../../engine/training/runModel';
import { mixBatch } from '../../engine/training/trainingBatch';

/**
 * Our side of `npm run bench:cpu`, run by cpu.mjs:
 * `prepare FILE` writes batches of the sample data for PyTorch; `measure` times our training iteration on the same.
 */

const BATCHES = 4;
/** Mean share of replaced samples over a sliding training with k = 3 (methods.md 4.5). */
const REPLACED_SHARE = 0.25;
const UNMIXED = mixerSchema.parse({ kind: 'none' });

interface BenchData {
  readonly configuration: TransferConfiguration;
  readonly data: TransferData;
}

async function withSampleData<Result>(use: (bench: BenchData) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-bench-'));
  try {
    const { configurations } = await createSampleData(folder, { perClassTest: 1 });
    const configuration = await readConfiguration(configurations[0] as string);
    const { data: sources, frames, training, seed, method } = configuration;
    const cacheFolder = path.join(folder, 'cache');
    const { batchPairs } = training;
    const data = await loadTransferData({ ...sources, cacheFolder, frames, batchPairs, seed, method });
    return await use({ configuration, data });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function batchesOf({ data, configuration }: BenchData): TrainBatch[] {
  return Array.from({ length: BATCHES }, (_, iteration) => {
    const batch = data.trainBatch(iteration);
    // Overwrites rows of the static stream in place, so that both sides time the same numbers.
    const { labels, statics, events } = batch;
    const switchSteps = new Int32Array(labels.length).fill(data.timeSteps);
    for (const sample of samplesToReplace(labels.length, REPLACED_SHARE, configuration.seed, iteration)) {
      switchSteps[sample] = 0;
    }
    replaceFrames(statics!, events, switchSteps, data.timeSteps);
    return batch;
  });
}

/** [T, B, S, S, 2] as PyTorch wants it: [B, T, 2, S, S]. */
function inPytorchOrder(values: Float32Array, { timeSteps, size }: TransferData): StoredTensor {
  const batch = values.length / (timeSteps * size * size * 2);
  const reordered = new Float32Array(values.length);
  let position = 0;
  for (let sample = 0; sample < batch; sample++) {
    for (let step = 0; step < timeSteps; step++) {
      const frame = (step * batch + sample) * size * size * 2;
      for (let polarity = 0; polarity < 2; polarity++) {
        for (let pixel = 0; pixel < size * size; pixel++) {
          reordered[position++] = values[frame + 2 * pixel + polarity] as number;
        }
      }
    }
  }
  return { shape: [batch, timeSteps, 2, size, size], values: reordered };
}

async function prepare(file: string): Promise<void> {
  await withSampleData(async (bench) => {
    const tensors = new Map<string, StoredTensor>();
    batchesOf(bench).forEach(({ statics, events, labels }, index) => {
      tensors.set(`${index}/static`, inPytorchOrder(statics!, bench.data));
      tensors.set(`${index}/event`, inPytorchOrder(events, bench.data));
      tensors.set(`${index}/labels`, { shape: [labels.length], values: Float32Array.from(labels) });
    });
    await writeFile(file, encodeSafetensors(tensors, {}));
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

async function measure(
  backendChoice: BackendChoice,
  threads: number,
  iterations: number,
  warmup: number,
): Promise<void> {
  await withSampleData(async (bench) => {
    const backend = await activateBackend(backendChoice, { threads });
    const { configuration, data } = bench;
    const network = buildNetwork(configuration, data.classes.length);
    const trainer = buildTrainer(configuration, network);
    const batches = batchesOf(bench);
    const seconds: number[] = [];
    let firingRates: Record<string, unknown> = {};
    for (let index = 0; index < warmup + iterations; index++) {
      const batch = batches[index % BATCHES] as TrainBatch;
      const start = performance.now();
      const position = { iteration: index, iterations: warmup + iterations, iterationsPerEpoch: 1 };
      const mixed = mixBatch(batch, { mixer: UNMIXED, position, seed: 0, steps: data.timeSteps });
      ({ firingRates } = await trainer.step(mixed, configuration.optimizer.learningRate));
      seconds.push((performance.now() - start) / 1000);
    }
    trainer.dispose();
    network.dispose();
    await backend.dispose();
    const pairsPerSecond = configuration.training.batchPairs / median(seconds.slice(warmup));
    console.log(
      JSON.stringify({
        pairsPerSecond,
        backend: `${backend.name} (${backend.detail})`,
        node: process.version,
        firingRates,
      }),
    );
  });
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    backend: { type: 'string', default: 'simd' },
    threads: { type: 'string', default: '2' },
    iterations: { type: 'string', default: '12' },
    warmup: { type: 'string', default: '4' },
  },
});

async function main(): Promise<void> {
  if (positionals[0] === 'prepare') {
    await prepare(positionals[1] as string);
    return;
  }
  const [threads, iterations, warmup] = [options.threads, options.iterations, options.warmup].map(Number);
  await measure(options.backend as BackendChoice, threads as number, iterations as number, warmup as number);
}

void main();
