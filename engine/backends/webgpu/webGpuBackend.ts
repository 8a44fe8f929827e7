import { type BackendValues, engine, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SpikeBridgeError } from '../../errors';
import { belongsToBackwardPass, isInBackwardPass } from './backwardPass';
import { destroyFreeBuffers } from './bufferPool';
import type { Gpu } from './dawn';
import { refusedWork, watchDevice } from './deviceWatch';
import type { GpuTensor } from './dispatch';
import { Holders } from './holders';
import { KernelTensors } from './kernelTensors';
import { LossScaling } from './lossScaling';
import { PooledUploadsBackend } from './pooledUploads';
import { itemGroups, toFloatShader } from './shaders/filters.wgsl';
import { type DataId, type Floats, type PackedValues, type Storage, sizeOf, type Values } from './storage';
import { unpack } from './unpack';

/** `f32`: everything as tfjs has it. `f16`: activations and their gradients as halves, sums and weights as f32. */
export type Precision = 'f32' | 'f16';

const STORAGE_USAGE = 0x80 | 0x04 | 0x08; // STORAGE | COPY_SRC | COPY_DST
const FLOAT_BYTES = 4;

/**
 * tfjs's WebGPU backend with kernels of ours. Tensors that our kernels make may be kept in fewer bytes than tfjs
 * thinks (storage.ts); where a stock kernel or a read needs them as float32, they are unpacked then.
 */
export class SpikeWebGpuBackend extends PooledUploadsBackend {
  private readonly storages = new WeakMap<DataId, Storage>();
  private readonly converted = new WeakMap<DataId, GPUBuffer>();
  private readonly holders = new Holders(this);
  private readonly transients = new WeakSet<DataId>();
  private readonly releases = new WeakMap<DataId, (() => void)[]>();
  private readonly kernelTensors = new KernelTensors();
  /** StepSupport: see lossScaling.ts. */
  readonly lossScaling: LossScaling;
  /** Off where the self-test found the matrix kernels wrong. */
  allowsMatrices = true;
  /** Why training cannot go on: the GPU is out of memory, or gone. */
  failure?: SpikeBridgeError;

  constructor(
    readonly gpu: Gpu,
    readonly precision: Precision,
  ) {
    super(gpu);
    this.lossScaling = new LossScaling(precision === 'f16');
    const heldBytes = () => this.allocatedBytes;
    watchDevice(gpu.device, heldBytes, (failure) => {
      this.failure ??= failure;
    });
  }

  /** What subgroup matrices multiply: halves, or f32 as sums of halves (splitHalves.wgsl.ts); undefined: nothing. */
  get matrixPrecision(): Precision | undefined {
    return this.gpu.hasMatrices && this.allowsMatrices ? this.precision : undefined;
  }

  /** What kernels ask of the number of channels; see fusedOp.ts. */
  readonly channelMultiple = 2;

  /** StepSupport: AdamW leaves everything as it is where a gradient is not finite. */
  readonly skipsOverflow = true;

  /** Reads a step's overflow flag once the GPU has set it, and frees it. */
  noteOverflow(flag: TensorInfo): void {
    this.read(flag.dataId).then(
      (values) => {
        this.lossScaling.note((values as Float32Array)[0] !== 0);
        this.disposeData(flag.dataId);
      },
      () => {}, // whoever reads the step's metrics meets the same failure and reports it
    );
  }

  /** Bytes of GPU memory held, free buffers that wait for reuse included. */
  get allocatedBytes(): number {
    return this.bufferManager.numBytesAllocated + this.uploadBytes;
  }

  /** StepSupport: gives memory that waits for reuse back to the GPU, at once where no shader is being compiled. */
  releaseUnused(): void {
    const release = () => {
      this.submitRecorded();
      destroyFreeBuffers(this.bufferManager);
      this.destroyFreeUploads();
      this.forgetBindGroups();
    };
    if (this.commands.isWaiting) {
      void this.commands.whenIdle().then(release);
    } else {
      release();
    }
  }

  protected override refuse(message: string): void {
    this.failure ??= refusedWork(message);
  }

  storageOf({ dataId }: TensorInfo): Storage | undefined {
    return this.storages.get(dataId);
  }

  /** Whether nobody but the caller of the running kernel can read the tensor after it. */
  isLastUse({ dataId }: TensorInfo): boolean {
    return this.refCount(dataId) === 1;
  }

  /** Runs a kernel of ours; where it fails, what it has made is freed. */
  runKernel<Result>(compute: () => Result): Result {
    return this.kernelTensors.during(compute, (dataId) => this.disposeData(dataId));
  }

  private make(shape: readonly number[]): TensorInfo {
    const info = this.makeTensorInfo([...shape], 'float32');
    this.kernelTensors.add(info.dataId);
    return info;
  }

  /** A new float32 tensor with arbitrary values. */
  createFloat(shape: readonly number[]): GpuTensor {
    const info = this.make(shape);
    return { info, buffer: this.bufferOf(info) };
  }

  /** A new tensor of halves or bits; its number of values is a multiple of 32. */
  createPacked(shape: readonly number[], format: PackedValues['format']): GpuTensor {
    const values = util.sizeFromShape([...shape]);
    const buffer = this.acquire(format === 'bits' ? values / 8 : values * 2);
    return { info: this.createStored(shape, { kind: 'packed', format, buffer }), buffer };
  }

  /** A new tensor in the format of this backend's activations. */
  createActivation(shape: readonly number[], format: 'f32' | 'f16'): GpuTensor {
    return format === 'f16' ? this.createPacked(shape, 'f16') : this.createFloat(shape);
  }

  /** A new tensor whose values are kept as told. */
  createStored(shape: readonly number[], storage: Storage): TensorInfo {
    const info = this.make(shape);
    this.storages.set(info.dataId, storage);
    return info;
  }

  /** Gives a packed tensor's memory to another tensor of the same size; the first is used up. */
  takeOver({ dataId, shape }: TensorInfo): GpuTensor | undefined {
    const storage = this.storages.get(dataId);
    if (storage?.kind !== 'packed') {
      return undefined;
    }
    const info = this.createStored(shape, storage);
    // What goes with the memory stays as long as it: the kernel that takes over still reads the first tensor's sums.
    this.releases.set(info.dataId, this.releases.get(dataId) ?? []);
    this.releases.delete(dataId);
    this.storages.set(dataId, { kind: 'freed' });
    return { info, buffer: storage.buffer };
  }

  /**
   * A tensor with the values of another, to be changed in place: in the same memory where nobody but the caller can
   * read the first, which is used up then, else in a copy.
   */
  toBeChanged(info: TensorInfo): GpuTensor {
    const buffer = this.bufferOf(info);
    const data = this.tensorMap.get(info.dataId);
    if (!this.isLastUse(info) || data.resource !== buffer) {
      const copy = this.createFloat(info.shape);
      this.copy(buffer, copy.buffer, 0, sizeOf(info.shape) * FLOAT_BYTES);
      return copy;
    }
    const changed = this.makeTensorInfo([...info.shape], 'float32');
    Object.assign(this.tensorMap.get(changed.dataId), { resource: buffer, external: data.external });
    data.resource = undefined;
    this.storages.set(info.dataId, { kind: 'freed' });
    return { info: changed, buffer };
  }

  /** Marks a gradient that a kernel of ours made: its memory may be freed at its last use. */
  asTransient(info: TensorInfo): TensorInfo {
    this.transients.add(info.dataId);
    return info;
  }

  /**
   * Whether a gradient may be used up by the kernel that reads it: it is ours, nobody else shares its values, and the
   * backward pass made it for this reader alone.
   */
  isUsedUp(dy: TensorInfo): boolean {
    return this.transients.has(dy.dataId) && this.isLastUse(dy) && belongsToBackwardPass(dy);
  }

  /** Frees the memory of a gradient of ours at its last use; tfjs itself keeps gradients until the end of the step. */
  freeTransient(dy: TensorInfo): void {
    if (!this.isUsedUp(dy)) {
      return;
    }
    const { dataId } = dy;
    const storage = this.storages.get(dataId);
    const data = this.tensorMap.get(dataId);
    if (storage?.kind === 'packed') {
      this.release(storage.buffer);
    }
    if (data.resource) {
      this.release(data.resource as GPUBuffer);
      data.resource = undefined;
    }
    this.storages.set(dataId, { kind: 'freed' });
    this.runReleases(dataId);
    if (storage?.kind === 'spread' || storage?.kind === 'neuron gradient') {
      this.freeTransient(storage.source);
    }
  }

  /** ValueUses: whether values are in memory as float32. */
  isUnpacked(dataId: DataId): boolean {
    return this.tensorMap.get(dataId).resource != null;
  }

  /** The halves of an activation that nobody needs once the gradient of its BatchNorm is known from dy. */
  private halvesOfNorm({ dataId }: TensorInfo, dy: TensorInfo): PackedValues | undefined {
    const storage = this.storages.get(dataId);
    const isHalves = storage?.kind === 'packed' && storage.format === 'f16' && !this.isUnpacked(dataId);
    const isFree = isInBackwardPass() && this.holders.isReadByNormOnly(dataId, dy.dataId);
    return isHalves && isFree ? storage : undefined;
  }

  /** Frees an activation that only BatchNorm reads, once its gradient is known from dy. */
  freeActivation(info: TensorInfo, dy: TensorInfo): void {
    const halves = this.halvesOfNorm(info, dy);
    if (halves) {
      this.release(halves.buffer);
      this.storages.set(info.dataId, { kind: 'freed' });
    }
  }

  /** Gives the memory of an activation that only BatchNorm reads to its gradient, where dy is not read again. */
  takeOverActivation(info: TensorInfo, dy: TensorInfo): GpuTensor | undefined {
    return this.isUsedUp(dy) && this.halvesOfNorm(info, dy) ? this.takeOver(info) : undefined;
  }

  private runReleases(dataId: DataId): void {
    const releases = this.releases.get(dataId) ?? [];
    this.releases.delete(dataId);
    for (const release of releases) {
      release();
    }
  }

  /** Has `release` called when the tensor is freed. */
  onRelease({ dataId }: TensorInfo, release: () => void): void {
    this.releases.set(dataId, [...(this.releases.get(dataId) ?? []), release]);
  }

  /** Keeps a tensor's values alive until `owner` is freed. */
  holdFor(owner: TensorInfo, { dataId }: TensorInfo): void {
    this.incRef(dataId);
    this.holders.add(dataId, owner.dataId);
    this.onRelease(owner, () => {
      this.holders.remove(dataId, owner.dataId);
      if (this.disposeData(dataId)) {
        engine().removeDataId(dataId, this);
      }
    });
  }

  /** Format and memory of a tensor's values, as they are kept or as float32. */
  valuesOf(info: TensorInfo): Values {
    const storage = this.storageOf(info);
    return storage?.kind === 'packed'
      ? { format: storage.format, buffer: storage.buffer }
      : { format: 'f32', buffer: this.bufferOf(info) };
  }

  /** As {@link valuesOf}, but bits are unpacked. */
  floatsOf(info: TensorInfo): Floats {
    const { format, buffer } = this.valuesOf(info);
    return format === 'bits' ? { format: 'f32', buffer: this.bufferOf(info) } : { format, buffer };
  }

  /** A tensor's values as float32 in GPU memory. */
  bufferOf(info: TensorInfo): GPUBuffer {
    this.uploadToGPU(info.dataId);
    const { dtype, resource } = this.tensorMap.get(info.dataId);
    return dtype === 'float32' ? (resource as GPUBuffer) : this.asFloats(info, resource as GPUBuffer);
  }

  /** tfjs casts whole numbers and booleans to float32 by name only: their memory stays int32. */
  private asFloats(info: TensorInfo, integers: GPUBuffer): GPUBuffer {
    const known = this.converted.get(info.dataId);
    if (known) {
      return known;
    }
    const items = util.sizeFromShape(info.shape);
    const buffer = this.acquire(items * FLOAT_BYTES);
    this.dispatch({
      label: 'to float',
      key: String(items),
      shader: () => toFloatShader(items),
      buffers: [buffer, integers],
      groups: itemGroups(items),
    });
    this.converted.set(info.dataId, buffer);
    this.onRelease(info, () => this.release(buffer));
    return buffer;
  }

  /** Memory for one purpose; {@link release} gives it back. Its order of use is the order of dispatches. */
  acquire(bytes: number): GPUBuffer {
    return this.bufferManager.acquireBuffer(Math.ceil(bytes / 16) * 16, STORAGE_USAGE);
  }

  release(buffer: GPUBuffer): void {
    this.bufferManager.releaseBuffer(buffer);
  }

  /**
   * Runs `use` with memory that is free again behind its dispatches. Sizes are powers of two: free memory is reused for
   * the same size only, and scratch memory of every layer's own size took 0.7 GiB.
   */
  withScratch<Result>(bytes: number, use: (buffer: GPUBuffer) => Result): Result {
    const buffer = this.acquire(2 ** Math.ceil(Math.log2(bytes)));
    try {
      return use(buffer);
    } finally {
      this.release(buffer);
    }
  }

  override uploadToGPU(dataId: DataId): void {
    const storage = this.storages.get(dataId);
    const isUnpacked = this.isUnpacked(dataId);
    super.uploadToGPU(dataId);
    if (storage && !isUnpacked) {
      const { resource, shape } = this.tensorMap.get(dataId);
      unpack(this, storage, resource as GPUBuffer, shape);
    }
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    this.requireHealth();
    this.unpackForReading(dataId);
    const values = await super.read(dataId).catch((error) => {
      throw this.failure ?? error;
    });
    this.requireHealth();
    return this.withoutPadding(dataId, values);
  }

  /** Buffers are larger than small tensors; `dataSync` finds the values with the tensor, so they are cut there, too. */
  private withoutPadding(dataId: DataId, values: BackendValues): BackendValues {
    const data = this.tensorMap.has(dataId) ? this.tensorMap.get(dataId) : undefined;
    const size = data ? sizeOf(data.shape) : values.length;
    if (values.length <= size) {
      return values;
    }
    const cut = (values as Float32Array).slice(0, size); // whoever keeps a view keeps all of its memory
    if (data?.values === values) {
      data.values = cut;
    }
    return cut;
  }

  /** @throws SpikeBridgeError (backend) once the GPU has failed: whatever is read then is worthless. */
  private requireHealth(): void {
    if (this.failure) {
      throw this.failure;
    }
  }

  /** Values that are packed or not stored are no values on the CPU, as tfjs would think. */
  override shouldExecuteOnCPU(inputs: TensorInfo[], sizeThreshold?: number): boolean {
    const isPlain = inputs.every(({ dataId }) => !this.storages.has(dataId));
    return isPlain && super.shouldExecuteOnCPU(inputs, sizeThreshold);
  }

  private unpackForReading(dataId: DataId): void {
    if (this.storages.has(dataId) && this.tensorMap.has(dataId)) {
      this.uploadToGPU(dataId);
    }
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const isFreed = super.disposeData(dataId, force);
    if (isFreed) {
      const storage = this.storages.get(dataId);
      this.storages.delete(dataId);
      if (storage?.kind === 'packed') {
        this.release(storage.buffer);
      }
      this.runReleases(dataId);
    }
    return isFreed;
  }

  override dispose(): void {
    super.dispose();
    this.gpu.close();
  }
}
