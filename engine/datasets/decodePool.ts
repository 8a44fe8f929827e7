import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { SpikeBridgeError } from '../errors';
import { answerRequest } from './answerRequest';
import type { FramePack } from './framePack';
import type { FrameRule } from './frameRule';
import type { SampleSource } from './sampleEvents';
import type { DecodeAnswer, DecodeRequest } from './workerMessages';

const MOST_THREADS = 8;

/** How {@link answerInWorkers} runs. */
export interface PoolOptions {
  /** The bundle of worker.ts. Default: worker.js beside the running bundle. */
  readonly workerFile?: string;
  /** Default: all cores, up to 8. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

/** How {@link decodePacks} runs. */
export interface DecodeOptions extends PoolOptions {
  /** Called as each list of samples is decoded, in any order. */
  readonly onPack: (index: number, pack: FramePack) => Promise<void> | void;
}

/** Takes the answer to a request, in any order. */
type OnAnswer = (index: number, answer: DecodeAnswer) => Promise<void> | void;

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

/** The error of a thread that ended where it should not. @param file that it worked on. */
export function endedThread(code: number, file?: string): SpikeBridgeError {
  return new SpikeBridgeError(
    'data',
    `a data thread ended with code ${code}`,
    'Free memory and start the run again; if it happens again, report it as a bug.',
    { file },
  );
}

function askWorker(worker: Worker, request: DecodeRequest): Promise<DecodeAnswer> {
  return new Promise((resolve, reject) => {
    const onMessage = (answer: DecodeAnswer) => settle(() => resolve(answer));
    const onError = (error: Error) => settle(() => reject(error));
    const onExit = (code: number) => settle(() => reject(endedThread(code, request.sources[0]?.file)));
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

async function answerInline(
  requests: readonly DecodeRequest[],
  signal: AbortSignal | undefined,
  onAnswer: OnAnswer,
) {
  for (const [index, request] of requests.entries()) {
    throwIfCancelled(signal);
    await onAnswer(index, await answerRequest(request));
  }
}

async function answerWith(
  workers: readonly Worker[],
  requests: readonly DecodeRequest[],
  onAnswer: OnAnswer,
) {
  const queue = taskQueue(requests.length);
  await Promise.all(
    workers.map(async (worker) => {
      for (let index = queue.take(); index !== undefined; index = queue.take()) {
        await onAnswer(index, await askWorker(worker, requests[index]!));
      }
    }),
  ).finally(queue.stop);
}

/**
 * Answers requests in worker threads; in this thread where there is one only, or no worker bundle.
 * @param onAnswer what it throws ends the work.
 * @throws SpikeBridgeError (cancelled) when the signal is aborted; (data) when a thread dies.
 */
export async function answerInWorkers(
  requests: readonly DecodeRequest[],
  options: PoolOptions,
  onAnswer: OnAnswer,
): Promise<void> {
  const { signal, workerFile = path.join(__dirname, 'worker.js') } = options;
  throwIfCancelled(signal);
  if (requests.length <= 1 || !existsSync(workerFile)) {
    return answerInline(requests, signal, onAnswer);
  }
  const threads = Math.min(
    options.threads ?? Math.min(availableParallelism(), MOST_THREADS),
    requests.length,
  );
  const workers = Array.from({ length: threads }, () => new Worker(workerFile));
  const terminate = () => Promise.all(workers.map((worker) => worker.terminate()));
  signal?.addEventListener('abort', terminate);
  try {
    await answerWith(workers, requests, onAnswer);
  } catch (error) {
    throwIfCancelled(signal);
    throw error;
  } finally {
    signal?.removeEventListener('abort', terminate);
    await terminate();
  }
}

/**
 * Decodes lists of samples into packs, in worker threads.
 * @param lists absolute paths; each list becomes a pack.
 * @throws SpikeBridgeError (data) of the first recording that fails; (cancelled) when the signal is aborted.
 */
export function decodePacks(
  lists: readonly (readonly SampleSource[])[],
  rule: FrameRule,
  options: DecodeOptions,
): Promise<void> {
  const requests = lists.map((sources): DecodeRequest => ({ task: 'frames', sources, rule }));
  return answerInWorkers(requests, options, (index, answer) => {
    if ('error' in answer) {
      throw SpikeBridgeError.fromReport(answer.error);
    }
    return 'pack' in answer ? options.onPack(index, answer.pack) : undefined;
  });
}
