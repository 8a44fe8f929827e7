const USAGE = 0x80 | 0x04 | 0x08; // STORAGE | COPY_SRC | COPY_DST
const SMALLEST_BYTES = 16;
/** Sizes per power of two of larger buffers. */
const SIZES = 8;
const LARGE_BYTES = 2 ** 20;

/** Values that a buffer can take as they are. */
export type Uploaded = Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** Sizes of buffers: powers of two, and eight steps between them where half of the memory would be much. */
export function uploadSize(bytes: number): number {
  if (bytes <= LARGE_BYTES) {
    return Math.max(SMALLEST_BYTES, 2 ** Math.ceil(Math.log2(bytes)));
  }
  const step = 2 ** Math.floor(Math.log2(bytes)) / SIZES;
  return Math.ceil(bytes / step) * step;
}

/**
 * Buffers for values that are written often. The queue writes a buffer before everything that is recorded but not yet
 * submitted, so a released buffer is taken again only behind the next submission.
 */
export class UploadBuffers {
  private readonly free = new Map<number, GPUBuffer[]>();
  private released: GPUBuffer[] = [];
  private readonly all = new Set<GPUBuffer>();
  private held = 0;

  constructor(private readonly device: GPUDevice) {}

  /** Bytes of all buffers. */
  get bytes(): number {
    return this.held;
  }

  /** A buffer with the values, and whatever else fits it behind them. */
  take(values: Uploaded): GPUBuffer {
    const size = uploadSize(values.byteLength);
    const buffer = this.free.get(size)?.pop() ?? this.create(size);
    this.device.queue.writeBuffer(buffer, 0, values);
    return buffer;
  }

  private create(size: number): GPUBuffer {
    const buffer = this.device.createBuffer({ size, usage: USAGE });
    this.all.add(buffer);
    this.held += size;
    return buffer;
  }

  release(buffer: GPUBuffer): void {
    this.released.push(buffer);
  }

  /** To be called behind every submission. */
  submitted(): void {
    for (const buffer of this.released) {
      const free = this.free.get(buffer.size);
      if (free) {
        free.push(buffer);
      } else {
        this.free.set(buffer.size, [buffer]);
      }
    }
    this.released = [];
  }

  /** Gives the buffers that wait for reuse back to the GPU. */
  destroyFree(): void {
    for (const buffers of this.free.values()) {
      for (const buffer of buffers.splice(0)) {
        this.destroy(buffer);
      }
    }
  }

  private destroy(buffer: GPUBuffer): void {
    this.held -= buffer.size;
    this.all.delete(buffer);
    buffer.destroy();
  }

  dispose(): void {
    for (const buffer of this.all) {
      this.destroy(buffer);
    }
  }
}
