import { once } from 'node:events';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { SpikeBridgeError } from '../../errors';
import { CONTROL_ADDRESS, CONTROL_LENGTH, CONTROL_WORDS, type ThreadData } from './controlBlock';

/** The worker threads of the simd backend. They never keep the process alive; `dispose` ends them. */
export class ThreadPool {
  private constructor(
    private readonly workers: readonly Worker[],
    private readonly memory: WebAssembly.Memory,
  ) {}

  /**
   * Starts `count` (>= 0) threads beside the main thread and waits until they serve.
   * @param folder holds simdThread.js.
   * @throws SpikeBridgeError (backend) when a thread cannot start.
   */
  static async start(count: number, folder: string, shared: Omit<ThreadData, 'thread'>): Promise<ThreadPool> {
    const file = path.join(folder, 'simdThread.js');
    const workers = Array.from({ length: count }, (_, index) => {
      const data: ThreadData = { ...shared, thread: index + 1 };
      return new Worker(file, { workerData: data });
    });
    try {
      await Promise.all(workers.map((worker) => once(worker, 'message')));
    } catch (cause) {
      await Promise.all(workers.map((worker) => worker.terminate()));
      throw new SpikeBridgeError(
        'backend',
        `A thread of the simd backend cannot start: ${cause instanceof Error ? cause.message : cause}`,
        'Build the project again (npm run build), or run with one thread.',
        { file },
        { cause },
      );
    }
    for (const worker of workers) {
      worker.unref();
    }
    return new ThreadPool(workers, shared.memory);
  }

  /** Lets the threads return and ends them. */
  async dispose(): Promise<void> {
    const buffer = this.memory.buffer as unknown as SharedArrayBuffer;
    const control = new Int32Array(buffer, CONTROL_ADDRESS, CONTROL_LENGTH);
    Atomics.store(control, CONTROL_WORDS.stop, 1);
    Atomics.add(control, CONTROL_WORDS.wake, 1);
    Atomics.notify(control, CONTROL_WORDS.wake);
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}
