import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import * as tf from '@tensorflow/tfjs-core';
import { activateBackend } from '../../../engine/backends/activateBackend';
import type { BackendChoice } from '../../../engine/backends/choice';
import { fetchValues } from '../../../engine/backends/fetchValues';
import { BatchMemory } from '../../../engine/datasets/batchMemory';
import { inputTensor, type NetworkInput } from '../../../engine/models/networkInput';
import { createSampleData } from '../../../engine/sample/createSample';
import { readConfiguration, type TransferConfiguration } from '../../../engine/training/configuration';
import { loadRunData } from '../../../engine/training/runData';

/**
 * What a full-size batch (120 pairs, T = 10, 2 x 48 x 48, two streams) costs between steps that keep the main thread
 * busy, as queueing does. Prints one JSON line with medians: ms of the main thread for the batch and its upload, ms
 * that a step waits for the batch, ms until the upload is queued and until the backend has it, and the MiB uploaded.
 * Arguments: backend, file of digits, augmentation (none).
 */

const PAIRS = 120;
const ROUNDS = 15;
/** Of the main thread, per step. */
const STEP_MS = 40;
const SIZE = 48;

/** The sample's own configuration at full size. @param folder of the cache. */
async function configurationOf(
  file: string,
  folder: string,
  augmentation?: string,
): Promise<TransferConfiguration> {
  const read = await readConfiguration(file);
  const noise = augmentation === 'noise' ? { noiseDecibels: 20 } : {};
  const varied = augmentation && { ...read.data.augmentation, kind: augmentation, ...noise };
  return {
    ...read,
    data: {
      ...read.data,
      cacheFolder: path.join(folder, 'cache'),
      ...(varied && { augmentation: varied as TransferConfiguration['data']['augmentation'] }),
    },
    frames: { ...read.frames, timeSteps: 10, sizePixels: SIZE },
    training: { ...read.training, batchPairs: PAIRS },
  };
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** Keeps the main thread busy, as queueing a step does. */
function beBusy(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {}
}

/** Bytes that travel to a GPU. */
function uploadedBytes(input: NetworkInput): number {
  return input instanceof Float32Array
    ? input.byteLength
    : input.packed.words.byteLength + input.rows.byteLength;
}

/** Milliseconds until the tensor is made and its upload is queued, and until the backend has it. */
async function upload(input: NetworkInput, memory: BatchMemory): Promise<{ queued: number; done: number }> {
  const start = performance.now();
  const x = inputTensor(input, { rows: PAIRS * 20, size: SIZE }, memory);
  const touched = tf.tidy(() => tf.mul(tf.slice(x, [0, 0, 0, 0], [1, 1, 1, 2]), 2));
  const queued = performance.now() - start;
  await fetchValues([touched]);
  const done = performance.now() - start;
  tf.dispose([x, touched]);
  return { queued, done };
}

interface Round {
  /** Until the batch was there. */
  readonly waited: number;
  /** Time of this thread for the batch, other than waiting. */
  readonly mainThread: number;
  readonly queued: number;
  readonly done: number;
  readonly bytes: number;
}

/** Runs `work`, and for how many milliseconds this thread was not idle meanwhile. */
async function blocked<Result>(
  work: () => Promise<Result>,
): Promise<{ result: Result; milliseconds: number }> {
  const before = performance.eventLoopUtilization();
  const result = await work();
  return { result, milliseconds: performance.eventLoopUtilization(before).active };
}

async function measure(configuration: TransferConfiguration): Promise<Round[]> {
  const data = await loadRunData(configuration, {});
  const memory = new BatchMemory();
  const rounds: Round[] = [];
  for (let iteration = 0; iteration < ROUNDS; iteration++) {
    const start = performance.now();
    const position = { iteration, iterations: ROUNDS, iterationsPerEpoch: 1 };
    const { result, milliseconds } = await blocked(() => data.trainingBatch(position));
    const waited = performance.now() - start;
    const { queued, done } = await upload(result.input, memory);
    const bytes = uploadedBytes(result.input);
    rounds.push({ waited, mainThread: milliseconds + queued, queued, done, bytes });
    beBusy(STEP_MS);
  }
  await data.dispose();
  return rounds;
}

async function main(): Promise<void> {
  const [, , choice = 'auto', digitsFile, augmentation] = process.argv;
  const folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-input-'));
  try {
    const { configurations } = await createSampleData(path.join(folder, 'data'), {
      digitsFile,
      seed: 1,
      perClassTrain: PAIRS / 10,
      perClassTest: 1,
      perClassImages: 50,
    });
    const backend = await activateBackend(choice as BackendChoice);
    const rounds = await measure(await configurationOf(configurations[0] as string, folder, augmentation));
    const of = (key: keyof Round) => Number(median(rounds.slice(3).map((round) => round[key])).toFixed(2));
    console.log(
      JSON.stringify({
        backend: backend.detail,
        augmentation: augmentation ?? 'none',
        mainThread: of('mainThread'),
        waited: of('waited'),
        queueUpload: of('queued'),
        uploaded: of('done'),
        mebibytes: of('bytes') / 2 ** 20,
      }),
    );
    await backend.dispose();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

void main();
