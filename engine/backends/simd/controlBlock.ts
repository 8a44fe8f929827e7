/** Where the control block of kernels/job.ts lies in the shared memory, and its words (32 bit). */
export const CONTROL_ADDRESS = 1024;

export const CONTROL_WORDS = {
  ticket: 0,
  wake: 2,
  sleepers: 3,
  finished: 4,
  stop: 5,
  kernel: 6,
  chunks: 7,
  args: 8,
  scratch: 9,
  scratchStride: 10,
} as const;

export const CONTROL_LENGTH = 11;

/** The arguments of the running job. */
export const ARGUMENTS_ADDRESS = 2048;
export const ARGUMENTS_LENGTH = 64;

/** The shuffle table of kernels/spikeLists.ts (576 bytes). */
export const SHUFFLE_TABLE_ADDRESS = 4096;

/** What a worker thread is given. */
export interface ThreadData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Number of the thread; 0 is the main thread. */
  readonly thread: number;
}
