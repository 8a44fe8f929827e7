import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { activateBackend } from '../../../engine/backends/activateBackend';
import type { BackendChoice } from '../../../engine/backends/choice';
import { fetchValues } from '../../../engine/backends/fetchValues';
import { createSampleData } from '../../../engine/sample/createSample';
import { readConfiguration, type TransferConfiguration } from '../../../engine/training/configuration';
import { loadRunData } from '../../../engine/training/runData';

/**
 * What a full-size batch (120 pairs, T = 10, 2 x 48 x 48, two streams) costs on the CPU: assembling it, and bringing
 * it to the backend named in the first argument. Prints one JSON line with medians in ms; the CPU's own time counts on
 * machines that do other work too.
 */

const PAIRS = 120;
const ROUNDS = 15;

/** The sample's own configuration at full size. @param folder of the cache. */
async function configurationOf(file: string, folder: string): Promise<TransferConfiguration> {
  const read = await readConfiguration(file);
  return {
    ...read,
    data: { ...read.data, cacheFolder: path.join(folder, 'cache') },
    frames: { ...read.frames, timeSteps: 10, sizePixels: 48 },
    training: { ...read.training, batchPairs: PAIRS },
  };
}

/** CPU time of this process in ms. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;

/** Milliseconds until the tensor is made and its upload is queued, and until the GPU has it. */
async function upload(input: Float32Array): Promise<{ queued: number; done: number }> {
  const start = performance.now();
  const x = tf.tensor4d(input, [PAIRS * 20, 48, 48, 2]);
  const touched = tf.tidy(() => tf.mul(tf.slice(x, [0, 0, 0, 0], [1, 1, 1, 2]), 2));
  const queued = performance.now() - start;
  await fetchValues([touched]);
  const done = performance.now() - start;
  tf.dispose([x, touched]);
  return { queued, done };
}

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-input-'));
  const [assembly, assemblyCpu, queue, arrival]: number[][] = [[], [], [], []];
  try {
    const digitsFile = process.argv[3];
    const { configurations } = await createSampleData(path.join(folder, 'data'), {
      digitsFile,
      seed: 1,
      perClassTrain: PAIRS / 10,
      perClassTest: 1,
      perClassImages: 50,
    });
    const backend = await activateBackend((process.argv[2] ?? 'auto') as BackendChoice);
    const data = await loadRunData(await configurationOf(configurations[0] as string, folder), {});
    for (let iteration = 0; iteration < ROUNDS; iteration++) {
      const [start, cpuStart] = [performance.now(), cpuTime()];
      const { input } = await data.trainingBatch({ iteration, iterations: ROUNDS, iterationsPerEpoch: 1 });
      assembly!.push(performance.now() - start);
      assemblyCpu!.push(cpuTime() - cpuStart);
      const { queued, done } = await upload(input);
      queue!.push(queued);
      arrival!.push(done);
    }
    const [assemble, assembleCpu, queueUpload, uploaded] = [assembly, assemblyCpu, queue, arrival].map(
      (each) => median(each!),
    );
    console.log(JSON.stringify({ backend: backend.detail, assemble, assembleCpu, queueUpload, uploaded }));
    await backend.dispose();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

void main();
