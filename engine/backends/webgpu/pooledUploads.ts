import type { DataId } from '@tensorflow/tfjs-core';
import type { Gpu } from './dawn';
import { RecordingBackend } from './recordingBackend';
import { UploadBuffers, type Uploaded } from './uploadBuffers';

/** A member of WebGPUBackend (tfjs 4.22) that is private in its types. */
interface Internals {
  releaseResource(dataId: DataId): void;
}

/** Values as they lie in GPU memory; those that do already are not copied. */
function asUploaded(dtype: string, values: ArrayLike<number>): Uploaded {
  const array = dtype === 'float32' ? Float32Array : Int32Array;
  const isReady = values instanceof array && values.buffer instanceof ArrayBuffer;
  return isReady ? (values as Uploaded) : array.from(values);
}

/**
 * tfjs's WebGPU backend with another way for values to the GPU: tfjs makes a mapped buffer for each tensor and interrupts
 * the compute pass to copy it, which took a third of the time to queue a training step and would overtake commands that
 * wait for their shaders.
 */
export abstract class PooledUploadsBackend extends RecordingBackend {
  private readonly uploads: UploadBuffers;

  constructor(gpu: Gpu) {
    super(gpu);
    this.uploads = new UploadBuffers(gpu.device);
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
    if (data.resource != null || !data.values || !isPlain) {
      super.uploadToGPU(dataId);
      return;
    }
    data.resource = this.uploads.take(asUploaded(data.dtype, data.values as ArrayLike<number>));
    data.external = true; // tfjs then leaves the buffer to us
    data.values = null as unknown as typeof data.values; // as tfjs does
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

  /** Bytes of the buffers for uploads. */
  protected get uploadBytes(): number {
    return this.uploads.bytes;
  }

  /** Gives buffers of uploads that wait for reuse back to the GPU. */
  protected destroyFreeUploads(): void {
    this.uploads.destroyFree();
  }

  override dispose(): void {
    this.uploads.dispose();
    super.dispose();
  }
}
