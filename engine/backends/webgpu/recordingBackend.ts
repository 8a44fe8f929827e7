import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { env, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { KernelCompilation } from '../stepSupport';
import { BindGroupCache } from './bindGroupCache';
import { CommandOrder } from './commandOrder';
import type { Gpu } from './dawn';
import type { Dispatch } from './dispatch';
import type { KernelClock } from './kernelClock';
import { type Pipeline, PipelineCache } from './pipelineCache';
import { ReadBack } from './readBack';
import { ShaderCompiler } from './shaderCompiler';

/** A uniform of a stock kernel. */
interface Uniform {
  readonly type: 'int32' | 'uint32' | 'float32';
  readonly data: readonly number[];
}

/** Members of tfjs's WebGPUProgram (4.22) that are read here. */
interface StockProgram {
  readonly outputShape: number[];
  readonly dispatch: [number, number, number];
  readonly size?: boolean;
  readonly outputComponent?: number;
  readonly pipeline?: Promise<GPUComputePipeline>;
}

/** Members of WebGPUBackend (tfjs 4.22) that are private in its types. */
interface Internals {
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  uniformPendingDisposal: GPUBuffer[];
  tensorToBinding(tensor: TensorInfo): GPUBufferBinding;
  makeUniforms(uniforms: Uniform[]): GPUBufferBinding;
}

/** One dispatch with everything that it binds. */
interface Recorded {
  readonly pipeline: Pipeline;
  readonly buffers: readonly GPUBufferBinding[];
  readonly groups: readonly [number, number, number];
}

/** Work that is submitted at once, so that a stop is felt soon: so many small kernels, or an eighth of it large ones. */
const WORK_PER_SUBMISSION = 64;
const WORK_OF_LARGE = 8;
/** Workgroups of a large kernel. */
const LARGE = 256;
/** Uniforms of stock kernels that are kept at most. */
const MOST_UNIFORMS = 4096;

/**
 * tfjs's WebGPU backend with another way of queueing: commands wait in order for shaders that are being compiled, bind
 * groups and the uniforms of stock kernels are made once, and reads share a submission.
 */
export abstract class RecordingBackend extends WebGPUBackend {
  /** Measures kernels while it is set. */
  clock?: KernelClock;
  protected readonly commands = new CommandOrder();
  private readonly compiler: ShaderCompiler;
  private readonly pipelines: PipelineCache;
  private readonly bindGroups: BindGroupCache;
  private readonly uniforms = new Map<string, GPUBufferBinding>();
  private readonly readBack: ReadBack;
  /** Of what is recorded, but not submitted. */
  private work = 0;

  constructor(gpu: Gpu) {
    const { device, info } = gpu;
    super(device, info);
    // Stock kernels then compile side by side, too, and leave it to us to run them.
    env().set('WEBGPU_ENGINE_COMPILE_ONLY', true);
    this.compiler = new ShaderCompiler(device, gpu);
    this.pipelines = new PipelineCache((label, code) => this.compiler.compile(label, code), {
      refused: (message) => this.refuse(message),
      settled: () => this.commands.advance(),
    });
    this.bindGroups = new BindGroupCache(device);
    this.readBack = new ReadBack(device, {
      copy: (...each) => this.copy(...each),
      submitAll: () => this.submitAll(),
    });
  }

  /** StepSupport: while commands wait for shaders. */
  get compilation(): KernelCompilation | undefined {
    return this.commands.isWaiting ? this.pipelines.progress : undefined;
  }

  /** What happens when a shader cannot be compiled. */
  protected abstract refuse(message: string): void;

  private get internals(): Internals {
    return this as unknown as Internals;
  }

  /** Queues one run of a shader behind everything queued before. */
  dispatch({ label, key, shader, buffers, groups }: Dispatch): void {
    const pipeline = this.pipelines.get(label, key, shader);
    const bindings = buffers.map((buffer) => ('buffer' in buffer ? buffer : { buffer }));
    this.queueRun({ pipeline, buffers: bindings, groups });
  }

  override runWebGPUProgram(
    ...call: Parameters<WebGPUBackend['runWebGPUProgram']>
  ): ReturnType<WebGPUBackend['runWebGPUProgram']> {
    const [program, inputs, , uniforms = []] = call;
    const output = super.runWebGPUProgram(...call);
    const { pipeline, dispatch } = program as unknown as StockProgram;
    if (pipeline) {
      this.queueRun({
        pipeline: this.pipelines.ofStock(`stock ${program.constructor.name}`, pipeline),
        buffers: [
          ...[output, ...inputs].map((each) => this.internals.tensorToBinding(each)),
          this.uniformsOf(program as unknown as StockProgram, [...inputs, output], uniforms as Uniform[]),
        ],
        groups: dispatch,
      });
    }
    return output;
  }

  /** The uniforms as tfjs's shaders declare them; equal ones share memory that is never written again. */
  private uniformsOf(
    { size, outputShape, outputComponent = 1 }: StockProgram,
    tensors: readonly TensorInfo[],
    own: readonly Uniform[],
  ): GPUBufferBinding {
    const shapes = tensors.map(({ shape }) => shape);
    const values = own.map(({ type, data }) => `${type} ${data}`);
    const key = [...shapes, size ? outputShape : [], outputComponent, ...values].join(';');
    const known = this.uniforms.get(key);
    if (known) {
      return known;
    }
    if (this.uniforms.size >= MOST_UNIFORMS) {
      this.uniforms.clear();
    }
    const numbers = (...data: number[]): Uniform => ({ type: 'int32', data });
    const constant = (value: number): Uniform => ({ type: 'float32', data: [value] });
    const made = this.internals.makeUniforms([
      constant(Number.NaN),
      constant(Number.POSITIVE_INFINITY),
      ...shapes.flatMap((shape) => [numbers(...shape), numbers(...util.computeStrides(shape))]),
      ...(size ? [numbers(util.sizeFromShape(outputShape) / outputComponent)] : []),
      ...own,
    ]);
    this.internals.uniformPendingDisposal.pop(); // tfjs would write the next uniforms there
    this.uniforms.set(key, made);
    return made;
  }

  private queueRun(run: Recorded): void {
    this.commands.add(() => this.record(run), run.pipeline);
  }

  private record({ pipeline, buffers, groups }: Recorded): void {
    const { clock, internals } = this;
    const { compiled } = pipeline;
    if (!compiled) {
      return; // it was refused, which ends the run at the next read
    }
    const group = this.bindGroups.get(pipeline.id, compiled, buffers);
    this.ensureCommandEncoderReady();
    if (clock) {
      this.endComputePassEncoder();
    }
    internals.computePassEncoder ??= internals.commandEncoder!.beginComputePass(
      clock?.passFor(pipeline.label),
    );
    internals.computePassEncoder.setPipeline(compiled.pipeline);
    internals.computePassEncoder.setBindGroup(0, group);
    internals.computePassEncoder.dispatchWorkgroups(...groups);
    this.work += groups[0] * groups[1] * groups[2] < LARGE ? 1 : WORK_OF_LARGE;
    if (clock) {
      this.endComputePassEncoder();
    }
    if (this.work >= WORK_PER_SUBMISSION) {
      this.submitQueue();
    }
  }

  /** Copies bytes behind everything queued before. */
  copy(source: GPUBuffer, target: GPUBuffer, targetOffset: number, bytes: number): void {
    this.commands.add(() => {
      this.ensureCommandEncoderReady();
      this.endComputePassEncoder();
      this.internals.commandEncoder!.copyBufferToBuffer(source, 0, target, targetOffset, bytes);
    });
  }

  /** Sets memory to zero behind everything queued before. */
  clear(buffer: GPUBuffer): void {
    this.commands.add(() => {
      this.ensureCommandEncoderReady();
      this.endComputePassEncoder();
      this.internals.commandEncoder!.clearBuffer(buffer);
    });
  }

  override submitQueue(): void {
    this.work = 0;
    this.endComputePassEncoder();
    super.submitQueue();
  }

  /** Submits what is recorded; commands that wait for a shader stay behind. */
  protected submitRecorded(): void {
    if (this.internals.commandEncoder) {
      this.submitQueue();
    }
  }

  private async submitAll(): Promise<void> {
    await this.commands.whenIdle();
    this.submitRecorded();
  }

  override getBufferData(buffer: GPUBuffer): Promise<ArrayBuffer> {
    return this.readBack.read(buffer);
  }

  /** To be called when buffers that wait for reuse were destroyed. */
  protected forgetBindGroups(): void {
    this.bindGroups.clear();
  }

  override dispose(): void {
    env().set('WEBGPU_ENGINE_COMPILE_ONLY', false);
    this.compiler.dispose();
    this.readBack.dispose();
    super.dispose();
  }
}
