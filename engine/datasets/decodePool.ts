import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { SpikeBridgeError } from '../errors';
import { decodePack, type FramePack, type FrameRule } from './framePack';
import type { DecodeAnswer, DecodeRequest } from './workerMessages';

const MOST_THREADS = 8;

/** How {@link decodePacks} runs. */
export interface DecodeOptions {
  /** The bundle of worker.ts. Default: worker.js beside the running bundle. */
  readonly workerFile?: string;
  /** Default: all cores, up to 8. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** Called as each list of files is decoded, in any order. */
  readonly onPack: (index: number, pack: FramePack) => Promise<void> | void;
}

/** The error of a cancelled load. */
export function cancelledError(): SpikeBridgeError {
  return new SpikeBridgeError('cancelled', 'loading the data was cancelled', 'Start the run again.');
}

/** @throws SpikeBridgeError (cancelled) when the signal is aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw cancelledError();
  }
}

function askWorker(worker: Worker, request: DecodeRequest): Promise<FramePack> {
  return new Promise((resolve, reject) => {
    const onMessage = (answer: DecodeAnswer) =>
      settle(() =>
        'pack' in answer ? resolve(answer.pack) : reject(SpikeBridgeError.fromReport(answer.error)),
      );
    const onError = (error: Error) => settle(() => reject(error));
    const onExit = (code: number) =>
      settle(() =>
        reject(
          new SpikeBridgeError(
            'data',
            `a decode thread ended with code ${code}`,
            'Free memory and start the run again; if it happens again, report it as a bug.',
            { file: request.files[0] },
          ),
        ),
      );
    function settle(finish: () => void) {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      finish();
    }
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(request);
  });
}

/** Hands out 0 … count - 1, each once, until `stop`. */
function taskQueue(count: number) {
  let next = 0;
  return {
    take: () => (next < count ? next++ : undefined),
    stop: () => {
      next = count;
    },
  };
}

async function decodeInline(lists: readonly (readonly string[])[], rule: FrameRule, options: DecodeOptions) {
  for (const [index, files] of lists.entries()) {
    throwIfCancelled(options.signal);
    await options.onPack(index, await decodePack(files, rule));
  }
}

async function decodeInWorkers(
  lists: readonly (readonly string[])[],
  rule: FrameRule,
  workers: readonly Worker[],
  options: DecodeOptions,
) {
  const queue = taskQueue(lists.length);
  await Promise.all(
    workers.map(async (worker) => {
      for (let index = queue.take(); index !== undefined; index = queue.take()) {
        await options.onPack(index, await askWorker(worker, { files: lists[index]!, rule }));
      }
    }),
  ).finally(queue.stop);
}

/**
 * Decodes lists of recordings in worker threads; in this thread where there is one list only, or no worker bundle.
 * @param lists absolute paths; each list becomes a pack.
 * @throws SpikeBridgeError (data) of the first recording that fails; (cancelled) when the signal is aborted.
 */
export async function decodePacks(
  lists: readonly (readonly string[])[],
  rule: FrameRule,
  options: DecodeOptions,
): Promise<void> {
  const { signal, workerFile = path.join(__dirname, 'worker.js') } = options;
  throwIfCancelled(signal);
  if (lists.length <= 1 || !existsSync(workerFile)) {
    return decodeInline(lists, rule, options);
  }
  const threads = Math.min(options.threads ?? Math.min(availableParallelism(), MOST_THREADS), lists.length);
  const workers = Array.from({ length: threads }, () => new Worker(workerFile));
  const terminate = () => Promise.all(workers.map((worker) => worker.terminate()));
  signal?.addEventListener('abort', terminate);
  try {
    await decodeInWorkers(lists, rule, workers, options);
  } catch (error) {
    throwIfCancelled(signal);
    throw error;
  } finally {
    signal?.removeEventListener('abort', terminate);
    await terminate();
  }
}
