import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { type BackendValues, type DataType, engine, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { JobRunner } from './jobRunner';
import type { HeapStatistics, SharedHeap } from './sharedHeap';

type DataId = TensorInfo['dataId'];

/** A new float32 tensor and the address of its values. */
export interface AllocatedTensor {
  readonly info: TensorInfo;
  readonly address: number;
}

function isShared(values: BackendValues | undefined): values is Float32Array {
  return ArrayBuffer.isView(values) && values.buffer instanceof SharedArrayBuffer;
}

/**
 * A tfjs backend whose hot kernels run in WebAssembly. Float32 values live in the shared memory once a kernel of ours
 * made or used them; the stock kernels of tfjs-backend-cpu see them as ordinary Float32Arrays.
 */
export class SimdBackend extends MathBackendCPU {
  private readonly addresses = new WeakMap<DataId, number>();
  private readonly deferred = new WeakMap<DataId, (address: number) => void>();
  private readonly releases = new WeakMap<DataId, () => void>();
  private nextId = 0;

  constructor(
    readonly heap: SharedHeap,
    readonly jobs: JobRunner,
  ) {
    super();
  }

  /** Keeps `values`; a view of the shared memory (a stock kernel's slice) is copied, since its block may be freed. */
  override write(values: BackendValues, _shape: number[], dtype: DataType): DataId {
    const owned = isShared(values) ? new Float32Array(values) : values;
    return this.register({ values: owned, dtype });
  }

  /** A new float32 tensor with arbitrary values in the shared memory. */
  allocateTensor(shape: readonly number[]): AllocatedTensor {
    const size = util.sizeFromShape([...shape]);
    const address = this.heap.allocate(size * 4);
    const dataId = this.register({ values: this.heap.floats(address, size), dtype: 'float32' });
    this.addresses.set(dataId, address);
    return { info: { dataId, shape: [...shape], dtype: 'float32' }, address };
  }

  /**
   * A new float32 tensor whose values are computed when somebody needs them; a kernel may know better.
   * @param compute writes the values to an address.
   */
  deferTensor(shape: readonly number[], compute: (address: number) => void): TensorInfo {
    const dataId = this.register({ values: new Float32Array(0), dtype: 'float32' });
    this.deferred.set(dataId, compute);
    const info: TensorInfo = { dataId, shape: [...shape], dtype: 'float32' };
    const get = () => {
      this.addressOf(info);
      return this.data.get(dataId).values;
    };
    Object.defineProperty(this.data.get(dataId), 'values', { configurable: true, enumerable: true, get });
    return info;
  }

  /** Keeps a tensor's values alive even when the tensor is disposed; the returned function lets them go. */
  holdValues({ dataId }: TensorInfo): () => void {
    this.incRef(dataId);
    return () => {
      if (this.disposeData(dataId)) {
        engine().removeDataId(dataId, this);
      }
    };
  }

  /** Has `release` called when the tensor is freed. One function per tensor. */
  onRelease({ dataId }: TensorInfo, release: () => void): void {
    this.releases.set(dataId, release);
  }

  /** The address of a float32 tensor's values; moves them into the shared memory at first use. */
  addressOf({ dataId, shape }: TensorInfo): number {
    const known = this.addresses.get(dataId);
    if (known !== undefined) {
      return known;
    }
    const compute = this.deferred.get(dataId);
    if (compute) {
      const { address } = this.placeValues(dataId, util.sizeFromShape(shape));
      compute(address);
      return address;
    }
    const values = this.data.get(dataId).values as Float32Array;
    const { address, view } = this.placeValues(dataId, values.length);
    view.set(values);
    return address;
  }

  /** Gives a tensor a block of the shared memory; its values are the block's from now on. */
  private placeValues(dataId: DataId, length: number): { address: number; view: Float32Array } {
    const address = this.heap.allocate(length * 4);
    const view = this.heap.floats(address, length);
    const property = { configurable: true, enumerable: true, writable: true, value: view };
    Object.defineProperty(this.data.get(dataId), 'values', property);
    this.addresses.set(dataId, address);
    return { address, view };
  }

  /** A copy: views of the shared memory must not outlive their tensor. */
  override readSync(dataId: DataId): BackendValues {
    const values = super.readSync(dataId);
    return isShared(values) ? new Float32Array(values) : values;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const released = super.disposeData(dataId, force);
    if (released) {
      this.release(dataId);
    }
    return released;
  }

  private release(dataId: DataId): void {
    const address = this.addresses.get(dataId);
    if (address !== undefined) {
      this.addresses.delete(dataId);
      this.heap.free(address);
    }
    const release = this.releases.get(dataId);
    this.releases.delete(dataId);
    release?.();
  }

  /** For tf.memory(): also the bytes of the shared memory. */
  override memory(): { unreliable: boolean; reasons: string[] } & HeapStatistics {
    return { unreliable: false, reasons: [], ...this.heap.statistics() };
  }

  private register(data: { values: BackendValues; dtype: DataType }): DataId {
    const dataId = { id: this.nextId++ };
    this.data.set(dataId, { ...data, refCount: 1 });
    return dataId;
  }
}
