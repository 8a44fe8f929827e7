import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createSampleData } from '../../../engine/sample/createSample';

/** A small data set on disk with a configuration that trains in seconds on the stock cpu backend. */
export interface TinySample {
  readonly folder: string;
  /** Writes a configuration derived from the tiny one and returns its path. */
  configuration(changes?: Record<string, unknown>): Promise<string>;
  dispose(): Promise<void>;
}

const ROOT = process.env.SPIKEBRIDGE_ROOT as string;

/** Makes the data: two training recordings, one test recording and three images per digit. */
export async function makeTinySample(): Promise<TinySample> {
  const folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-run-'));
  const data = path.join(folder, 'data');
  const digitsFile = path.join(ROOT, 'dist', 'digits.bin');
  await createSampleData(data, { digitsFile, seed: 1, perClassTrain: 2, perClassTest: 1, perClassImages: 3 });
  let configurations = 0;
  return {
    folder,
    async configuration(changes = {}) {
      const file = path.join(folder, `tiny-${configurations++}.transfer.jsonc`);
      const configuration = {
        method: 'ktl',
        seed: 5,
        backend: 'cpu',
        data: {
          events: { format: 'n-mnist', folder: 'data/events' },
          images: { format: 'mnist', folder: 'data/images' },
          cacheFolder: 'cache',
        },
        frames: { timeSteps: 2, sizePixels: 16 },
        network: { preset: 'nmnist-1k', channels: [2, 2, 2, 2, 2, 2] },
        optimizer: { warmup: 0 },
        training: { batchPairs: 4, iterations: 6, evaluateEvery: 3 },
        ...changes,
      };
      await writeFile(file, JSON.stringify(configuration));
      return file;
    },
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}
