import { rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = path.resolve(process.env.SPIKEBRIDGE_ROOT ?? '.');

interface Bundler {
  bundleTogether(files: readonly string[], outFile: string): Promise<void>;
}

/** A bundle of the decode worker, where its libraries are found. */
export interface WorkerBundle {
  readonly file: string;
  remove(): Promise<void>;
}

/** Bundles engine/datasets/worker.ts as the tests are bundled. */
export async function bundleWorker(): Promise<WorkerBundle> {
  const bundler: Bundler = await import(pathToFileURL(path.join(ROOT, '.dev/bundle-tests.mjs')).href);
  const folder = path.join(ROOT, '.cache/tests', `worker-${process.pid}-${Date.now()}`);
  const file = path.join(folder, 'worker.cjs');
  await bundler.bundleTogether(['engine/datasets/worker.ts'], file);
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}
