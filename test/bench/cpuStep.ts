import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { activateBackend } from '../../engine/backends/activateBackend';
import type { BackendChoice } from '../../engine/backends/choice';
import { expandInput } from '../../engine/datasets/packedFrames';
import { loadTransferData, type TransferData } from '../../engine/datasets/transferData';
import { mixedRows } from '../../engine/methods/mixer';
import { samplesToReplace } from '../../engine/methods/sliding';
import { encodeSafetensors, type StoredTensor } from '../../engine/runs/safetensors';
import { createSampleData } from '../../engine/sample/createSample';
import { readConfiguration, type TransferConfiguration } from '../../engine/training/configuration';
import { buildNetwork, buildTrainer } from '../../engine/training/runModel';
import type { TrainingBatch } from '../../engine/training/trainer';
import { eventRows } from '../../engine/training/trainingBatch';

/**
 * Our side of `npm run bench:cpu`, run by cpu.mjs:
 * `prepare FILE` writes batches of the sample data for PyTorch; `measure` times our training iteration on the same.
 */

const BATCHES = 4;
/** Mean share of replaced samples over a sliding training with k = 3 (methods.md 4.5). */
const REPLACED_SHARE = 0.25;

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

interface BenchBatch extends TrainingBatch {
  /** The static stream, then the event stream, [T, B, S, S, 2] each. */
  readonly input: Float32Array;
}

/** Batches with replaced static frames: both sides time the same numbers. */
async function batchesOf({ data, configuration }: BenchData): Promise<BenchBatch[]> {
  const batches: BenchBatch[] = [];
  for (let iteration = 0; iteration < BATCHES; iteration++) {
    const { packed, labels } = await data.trainBatch(iteration);
    const switchSteps = new Int32Array(labels.length).fill(data.timeSteps);
    for (const sample of samplesToReplace(labels.length, REPLACED_SHARE, configuration.seed, iteration)) {
      switchSteps[sample] = 0;
    }
    const events = eventRows(labels.length, data.timeSteps);
    const rows = Int32Array.of(...mixedRows(events, switchSteps, packed.frames), ...events);
    batches.push({ input: expandInput({ packed, rows }), labels });
  }
  await data.dispose();
  return batches;
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
    (await batchesOf(bench)).forEach(({ input, labels }, index) => {
      const half = input.length / 2;
      tensors.set(`${index}/static`, inPytorchOrder(input.subarray(0, half), bench.data));
      tensors.set(`${index}/event`, inPytorchOrder(input.subarray(half), bench.data));
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
    const batches = await batchesOf(bench);
    const seconds: number[] = [];
    let firingRates: Record<string, unknown> = {};
    for (let index = 0; index < warmup + iterations; index++) {
      const batch = batches[index % BATCHES] as BenchBatch;
      const start = performance.now();
      ({ firingRates } = await trainer.step(batch, configuration.optimizer.learningRate));
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
