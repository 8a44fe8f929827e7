import { SpikeBridgeError } from '../../errors';
import { BlockAllocator } from './blockAllocator';

const PAGE_BYTES = 65536;
const INITIAL_PAGES = 16;
/** 4 GiB, all that 32-bit addresses reach. */
export const MAXIMUM_PAGES = 65536;
/** The memory grows by at least this, so that it grows rarely. */
const GROWTH_BYTES = 64 * 2 ** 20;
/** Kernels may read, but not use, whole vectors behind the last value of a tensor: the last block has room behind it. */
const OVERREAD_BYTES = 64;

/** Below this address: the control block, the arguments of a job and the tables of the kernels. */
export const RESERVED_BYTES = 65536;

const MEBIBYTE = 2 ** 20;

/** Bytes of the heap: in blocks now, in blocks at most so far, and taken from the system. */
export interface HeapStatistics {
  readonly bytesInUse: number;
  readonly peakBytes: number;
  readonly reservedBytes: number;
}

/** One shared WebAssembly memory and the blocks in it. */
export class SharedHeap {
  readonly memory: WebAssembly.Memory;
  private readonly allocator: BlockAllocator;
  private buffer: SharedArrayBuffer;

  /** @param maximumPages limit in pages of 64 KiB, at most 65536 (4 GiB). */
  constructor(private readonly maximumPages = MAXIMUM_PAGES) {
    this.memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAXIMUM_PAGES, shared: true });
    this.buffer = this.memory.buffer as unknown as SharedArrayBuffer;
    this.allocator = new BlockAllocator(RESERVED_BYTES, maximumPages * PAGE_BYTES - OVERREAD_BYTES);
  }

  statistics(): HeapStatistics {
    const { bytesInUse, peakBytes } = this.allocator.statistics();
    return { bytesInUse, peakBytes, reservedBytes: this.buffer.byteLength };
  }

  /**
   * A block of at least `bytes` bytes; its contents are arbitrary. The caller frees it.
   * @throws SpikeBridgeError (backend) when the memory is exhausted.
   */
  allocate(bytes: number): number {
    const address = this.allocator.allocate(Math.max(bytes, 1));
    if (address === undefined) {
      throw this.exhausted(bytes);
    }
    if (!this.reaches(this.allocator.statistics().highWater + OVERREAD_BYTES)) {
      this.allocator.free(address);
      throw this.exhausted(bytes);
    }
    return address;
  }

  free(address: number): void {
    this.allocator.free(address);
  }

  /** Runs `use` with a temporary block and frees it. */
  withBlock<T>(bytes: number, use: (address: number) => T): T {
    const address = this.allocate(bytes);
    try {
      return use(address);
    } finally {
      this.free(address);
    }
  }

  /** The block at `address` as float32 values; valid until the block is freed. */
  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.buffer, address, length);
  }

  doubles(address: number, length: number): Float64Array {
    return new Float64Array(this.buffer, address, length);
  }

  words(address: number, length: number): Int32Array {
    return new Int32Array(this.buffer, address, length);
  }

  /** Grows the memory up to `bytes` if needed; false if the system refuses. */
  private reaches(bytes: number): boolean {
    const missing = bytes - this.buffer.byteLength;
    if (missing <= 0) {
      return true;
    }
    const room = this.maximumPages - this.buffer.byteLength / PAGE_BYTES;
    const comfortable = Math.max(GROWTH_BYTES, this.buffer.byteLength / 4);
    const wanted = Math.min(room, Math.ceil(Math.max(missing, comfortable) / PAGE_BYTES));
    const grown = this.grow(wanted) || this.grow(Math.ceil(missing / PAGE_BYTES));
    this.buffer = this.memory.buffer as unknown as SharedArrayBuffer;
    return grown;
  }

  private grow(pages: number): boolean {
    try {
      this.memory.grow(pages);
      return true;
    } catch {
      return false;
    }
  }

  private exhausted(bytes: number): SpikeBridgeError {
    const { bytesInUse } = this.statistics();
    const limit = (this.maximumPages * PAGE_BYTES) / MEBIBYTE;
    return new SpikeBridgeError(
      'backend',
      `The simd backend is out of memory: ${Math.ceil(bytes / MEBIBYTE)} MiB more are needed, ` +
        `${Math.ceil(bytesInUse / MEBIBYTE)} MiB of at most ${limit} MiB are in use.`,
      'Reduce the batch size, the number of time steps, the image size or the width of the network.',
    );
  }
}
