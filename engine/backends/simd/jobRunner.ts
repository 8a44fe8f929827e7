import {
  ARGUMENTS_ADDRESS,
  ARGUMENTS_LENGTH,
  CONTROL_ADDRESS,
  CONTROL_LENGTH,
  CONTROL_WORDS,
  SHUFFLE_TABLE_ADDRESS,
} from './controlBlock';
import type { KernelId } from './kernels/kernelIds';
import type { SharedHeap } from './sharedHeap';
import type { KernelExports } from './wasmModule';

const floatView = new Float32Array(1);
const wordView = new Int32Array(floatView.buffer);

/** A float32 argument of a job: the bits of `value`. */
export function float32Bits(value: number): number {
  floatView[0] = value;
  return wordView[0] as number;
}

/** Runs jobs of the WebAssembly kernels on all threads. */
export class JobRunner {
  private readonly control: Int32Array;
  private readonly words: Int32Array;
  private scratch = 0;
  private scratchStride = 0;

  /** @param threads that serve, the main thread included. */
  constructor(
    readonly heap: SharedHeap,
    private readonly kernels: KernelExports,
    private readonly threads: number,
  ) {
    this.control = heap.words(CONTROL_ADDRESS, CONTROL_LENGTH);
    this.words = heap.words(ARGUMENTS_ADDRESS, ARGUMENTS_LENGTH);
    kernels.buildShuffleTable(SHUFFLE_TABLE_ADDRESS);
  }

  /**
   * Runs all chunks of one job and returns when they are finished. Chunks are handed to whichever thread is free,
   * so a chunk must neither depend on nor write to what another one writes.
   * @param args the fields of the kernel's argument class, in order: integers, addresses, {@link float32Bits}.
   * @param scratchBytes memory of its own that each thread needs.
   */
  run(kernel: KernelId, args: readonly number[], chunks: number, scratchBytes = 0): void {
    this.reserveScratch(scratchBytes);
    this.words.set(args);
    this.control[CONTROL_WORDS.kernel] = kernel;
    this.control[CONTROL_WORDS.chunks] = chunks;
    this.control[CONTROL_WORDS.args] = ARGUMENTS_ADDRESS;
    this.control[CONTROL_WORDS.scratch] = this.scratch;
    this.control[CONTROL_WORDS.scratchStride] = this.scratchStride;
    this.kernels.runJob(CONTROL_ADDRESS);
  }

  private reserveScratch(bytes: number): void {
    if (bytes <= this.scratchStride) {
      return;
    }
    if (this.scratchStride > 0) {
      this.heap.free(this.scratch);
      this.scratchStride = 0;
    }
    const stride = Math.ceil(bytes / 4096) * 4096;
    this.scratch = this.heap.allocate(stride * this.threads);
    this.scratchStride = stride;
  }
}

/** Chunks for `items` equal pieces of work of which `perChunk` are worth a thread's while; at most `most`. */
export function chunksFor(items: number, perChunk: number, most = 64): number {
  return Math.max(1, Math.min(most, Math.floor(items / perChunk)));
}
