import { existsSync } from 'node:fs';
import path from 'node:path';
import { AssemblyThread } from './assemblyThread';
import { BatchAssembler, type BatchOrder, type BatchSources } from './batchAssembler';
import type { PackedFrames } from './packedFrames';

/** So many are busy while a GPU trains on a batch with noise, the slowest to assemble. */
const THREADS = 2;
/** Batches that may be in use at once: one that is trained on, one that is queued. */
const IN_USE = 2;

/**
 * Assembles batches in worker threads; in this thread where there is no worker bundle. Memory goes round: that of a
 * batch serves again when two more were given out. Owns the threads, which start with the first batch.
 */
export class BatchThreads {
  private threads: AssemblyThread[] = [];
  private inline?: BatchAssembler;
  private readonly given: ArrayBuffer[] = [];
  private readonly free: ArrayBuffer[] = [];

  /** @param workerFile the bundle of worker.ts. Default: worker.js beside the running bundle. */
  constructor(
    private readonly sources: BatchSources,
    private readonly workerFile = path.join(__dirname, 'worker.js'),
  ) {}

  /** How many batches to assemble before they are used: none in this thread. */
  get ahead(): number {
    return existsSync(this.workerFile) ? THREADS : 0;
  }

  /** @throws SpikeBridgeError (data) when a thread dies. */
  async assemble(order: BatchOrder): Promise<PackedFrames> {
    const request = { ...order, memory: this.free.pop() };
    const thread = this.idlest();
    if (thread) {
      return thread.assemble(request);
    }
    this.inline ??= new BatchAssembler(this.sources);
    return this.inline.assemble(request);
  }

  private idlest(): AssemblyThread | undefined {
    if (this.threads.length === 0 && this.ahead > 0) {
      this.threads = Array.from({ length: THREADS }, () => new AssemblyThread(this.workerFile, this.sources));
    }
    return this.threads.reduce<AssemblyThread | undefined>(
      (least, thread) => (least && least.load <= thread.load ? least : thread),
      undefined,
    );
  }

  /** Notes that a batch is in use from now on; the one before the last is not any more. */
  give(packed: PackedFrames): void {
    this.given.push(packed.words.buffer);
    if (this.given.length > IN_USE) {
      this.free.push(this.given.shift()!);
    }
  }

  async dispose(): Promise<void> {
    await Promise.all(this.threads.splice(0).map((thread) => thread.dispose()));
  }
}
