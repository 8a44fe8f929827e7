import { type DataId, util } from '@tensorflow/tfjs-core';
import { RecordingBackend } from './recordingBackend';

const USAGE = 0x80 | 0x04 | 0x08; // STORAGE | COPY_SRC | COPY_DST
/** Larger tensors are worth tfjs's mapped buffers. */
const LARGEST_BYTES = 2 ** 16;
const SMALLEST_BYTES = 16;

/** Values that a buffer can take as they are. */
export type Uploaded = Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/**
 * Buffers for values that are written often. The queue writes a buffer before everything that is recorded but not yet
 * submitted, so a released buffer is taken again only behind the next submission.
 */
class UploadBuffers {
  private readonly free = new Map<number, GPUBuffer[]>();
  private released: GPUBuffer[] = [];
  private readonly all: GPUBuffer[] = [];

  constructor(private readonly device: GPUDevice) {}

  take(values: Uploaded): GPUBuffer {
    const size = Math.max(SMALLEST_BYTES, 2 ** Math.ceil(Math.log2(values.byteLength)));
    const buffer = this.free.get(size)?.pop() ?? this.create(size);
    this.device.queue.writeBuffer(buffer, 0, values);
    return buffer;
  }

  private create(size: number): GPUBuffer {
    const buffer = this.device.createBuffer({ size, usage: USAGE });
    this.all.push(buffer);
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

  dispose(): void {
    for (const buffer of this.all) {
      buffer.destroy();
    }
  }
}

/** A member of WebGPUBackend (tfjs 4.22) that is private in its types. */
interface Internals {
  releaseResource(dataId: DataId): void;
}

/**
 * tfjs's WebGPU backend with another way for small tensors (scalars, labels) to the GPU: tfjs makes a mapped buffer for
 * each of them and interrupts the compute pass to copy it, which took a third of the time to queue a training step.
 */
export abstract class SmallUploadsBackend extends RecordingBackend {
  private readonly uploads: UploadBuffers;

  constructor(device: GPUDevice, info: GPUAdapterInfo) {
    super(device, info);
    this.uploads = new UploadBuffers(device);
    const internals = this as unknown as Internals;
    const releaseResource = internals.releaseResource.bind(this);
    internals.releaseResource = (dataId) => {
      const data = this.tensorMap.get(dataId);
      if (data?.external && data.resource) {
        this.uploads.release(data.resource as GPUBuffer);
      }
      releaseResource(dataId);
    };
  }

  override uploadToGPU(dataId: DataId): void {
    const data = this.tensorMap.get(dataId);
    const isPlain = data.dtype === 'float32' || data.dtype === 'int32' || data.dtype === 'bool';
    const isSmall = util.sizeFromShape(data.shape) * 4 <= LARGEST_BYTES;
    if (data.resource != null || !data.values || !isPlain || !(isSmall || this.commands.isWaiting)) {
      super.uploadToGPU(dataId);
      return;
    }
    const array = data.dtype === 'float32' ? Float32Array : Int32Array;
    const values = array.from(data.values as ArrayLike<number>);
    if (isSmall) {
      data.resource = this.uploads.take(values);
      data.external = true; // tfjs then leaves the buffer to us
    } else {
      data.resource = this.uploadNew(values);
    }
    data.values = null as unknown as typeof data.values; // as tfjs does
  }

  /** A buffer that no command that waits can use, as a free one may be. tfjs would record a copy, overtaking them. */
  private uploadNew(values: Float32Array | Int32Array): GPUBuffer {
    const buffer = this.bufferManager.acquireBuffer(values.byteLength, USAGE, true, false);
    new Uint8Array(buffer.getMappedRange()).set(new Uint8Array(values.buffer));
    buffer.unmap();
    return buffer;
  }

  /** Runs `use` with values in GPU memory, which is free again behind its dispatches. */
  withUploads(values: readonly Uploaded[], use: (buffers: GPUBuffer[]) => void): void {
    const buffers = values.map((each) => this.uploads.take(each));
    try {
      use(buffers);
    } finally {
      for (const buffer of buffers) {
        this.uploads.release(buffer);
      }
    }
  }

  override submitQueue(): void {
    super.submitQueue();
    if (!this.commands.isWaiting) {
      this.uploads.submitted();
    }
  }

  override dispose(): void {
    this.uploads.dispose();
    super.dispose();
  }
}
