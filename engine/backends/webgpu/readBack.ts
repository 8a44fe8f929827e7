/** Bytes of a staging buffer; larger reads get one of their own. */
const STAGING_BYTES = 2 ** 16;
const ALIGNMENT = 16;
const USAGE = 0x01 | 0x08; // MAP_READ | COPY_DST

/** Reads that end together. */
interface Batch {
  readonly staging: GPUBuffer;
  used: number;
  readonly bytes: Promise<ArrayBuffer>;
}

/** What a read asks of the backend. */
export interface ReadBackHost {
  /** Copies bytes behind everything queued before. */
  copy(source: GPUBuffer, target: GPUBuffer, targetOffset: number, bytes: number): void;
  /** Submits everything queued so far, once its shaders are compiled. */
  submitAll(): Promise<void>;
}

/** Reads GPU memory. All reads that are asked for in one go share a submission and a mapped buffer. */
export class ReadBack {
  private open?: Batch;
  private readonly free: GPUBuffer[] = [];

  constructor(
    private readonly device: GPUDevice,
    private readonly host: ReadBackHost,
  ) {}

  /** The bytes that the buffer holds behind everything queued before; they are the caller's own. */
  async read(buffer: GPUBuffer): Promise<ArrayBuffer> {
    const { size } = buffer;
    const batch = this.batchFor(size);
    const offset = batch.used;
    batch.used += Math.ceil(size / ALIGNMENT) * ALIGNMENT;
    this.host.copy(buffer, batch.staging, offset, size);
    const bytes = await batch.bytes;
    return bytes.byteLength === size ? bytes : bytes.slice(offset, offset + size);
  }

  private batchFor(size: number): Batch {
    if (this.open && this.open.used + size <= this.open.staging.size) {
      return this.open;
    }
    const staging =
      (size <= STAGING_BYTES ? this.free.pop() : undefined) ??
      this.device.createBuffer({ size: Math.max(size, STAGING_BYTES), usage: USAGE });
    const batch: Batch = { staging, used: 0, bytes: Promise.resolve().then(() => this.finish(batch)) };
    this.open = batch;
    return batch;
  }

  private async finish(batch: Batch): Promise<ArrayBuffer> {
    if (this.open === batch) {
      this.open = undefined;
    }
    const { staging } = batch;
    await this.host.submitAll();
    const used = Math.min(batch.used, staging.size);
    await staging.mapAsync(GPUMapMode.READ, 0, used);
    const bytes = staging.getMappedRange(0, used).slice(0);
    staging.unmap();
    if (staging.size > STAGING_BYTES) {
      staging.destroy();
    } else {
      this.free.push(staging);
    }
    return bytes;
  }

  dispose(): void {
    for (const staging of this.free.splice(0)) {
      staging.destroy();
    }
  }
}
