import { Worker } from 'node:worker_threads';
import { SpikeBridgeError } from '../errors';
import type { BatchOrder, BatchSources } from './batchAssembler';
import { endedThread } from './decodePool';
import type { PackedFrames } from './packedFrames';
import type { AssemblyAnswer, AssemblyRequest, WorkerData } from './workerMessages';

/** Who waits for a batch. */
interface Waiting {
  readonly resolve: (packed: PackedFrames) => void;
  readonly reject: (error: Error) => void;
}

/** A worker thread that assembles batches, in the order in which they were asked for. Owned by {@link BatchThreads}. */
export class AssemblyThread {
  private readonly worker: Worker;
  private readonly waiting: Waiting[] = [];
  private failure?: Error;

  /** @param workerFile the bundle of worker.ts. */
  constructor(workerFile: string, assembly: BatchSources) {
    const workerData: WorkerData = { assembly };
    this.worker = new Worker(workerFile, { workerData })
      .on('message', (answer: AssemblyAnswer) => this.settle(answer))
      .on('error', (error) => this.fail(error))
      .on('exit', (code) => this.fail(endedThread(code)));
  }

  /** Batches that were asked for and are not there yet. */
  get load(): number {
    return this.waiting.length;
  }

  /** @throws SpikeBridgeError (data) when the thread dies; what the assembly throws. */
  assemble(order: BatchOrder): Promise<PackedFrames> {
    if (this.failure) {
      return Promise.reject(this.failure);
    }
    const request: AssemblyRequest = { task: 'batch', order };
    this.worker.postMessage(request, order.memory ? [order.memory] : []);
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
    });
  }

  private settle(answer: AssemblyAnswer): void {
    const first = this.waiting.shift();
    if ('error' in answer) {
      first?.reject(SpikeBridgeError.fromReport(answer.error));
    } else {
      first?.resolve(answer.packed);
    }
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of this.waiting.splice(0)) {
      reject(this.failure);
    }
  }

  async dispose(): Promise<void> {
    await this.worker.terminate();
  }
}
