import type { KernelCompilation } from '../stepSupport';

/** What is known of a shader once it is compiled. Asking WebGPU's pipeline for its layout takes long. */
export interface CompiledPipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** A shader that is compiled, or being compiled. */
export class Pipeline {
  private state: 'compiling' | 'refused' | CompiledPipeline = 'compiling';

  /** @param id tells pipelines apart. */
  constructor(
    readonly id: number,
    readonly label: string,
  ) {}

  /** Whether there is nothing to wait for. */
  get isReady(): boolean {
    return this.state !== 'compiling';
  }

  /** Undefined while it is being compiled, and where that failed. */
  get compiled(): CompiledPipeline | undefined {
    return typeof this.state === 'string' ? undefined : this.state;
  }

  settle(pipeline?: GPUComputePipeline): void {
    this.state = pipeline ? { pipeline, layout: pipeline.getBindGroupLayout(0) } : 'refused';
  }
}

/** What happens to shaders. */
export interface PipelineListener {
  /** A shader cannot be compiled; {@link settled} follows. */
  refused(message: string): void;
  /** Nobody needs to wait for a shader any more. */
  settled(): void;
}

/** Shaders by label and key. They are compiled side by side: one behind the other, those of a step take many seconds. */
export class PipelineCache {
  private readonly pipelines = new Map<string, Pipeline>();
  private readonly stock = new WeakMap<object, Pipeline>();
  private count = 0;
  private settledCount = 0;
  /** Where the present stretch of compiling began. */
  private firstOfStretch = 0;

  constructor(
    private readonly compile: (label: string, code: string) => Promise<GPUComputePipeline>,
    private readonly listener: PipelineListener,
  ) {}

  /** @param key equal keys under a label mean equal shaders. */
  get(label: string, key: string, shader: () => string): Pipeline {
    const name = `${label}|${key}`;
    const known = this.pipelines.get(name);
    if (known) {
      return known;
    }
    const made = this.follow(label, this.compile(label, shader()));
    this.pipelines.set(name, made);
    return made;
  }

  /** A pipeline that a stock kernel compiles. @param compiling the same object for the same pipeline. */
  ofStock(label: string, compiling: Promise<GPUComputePipeline>): Pipeline {
    const known = this.stock.get(compiling);
    const pipeline = known ?? this.follow(label, compiling);
    this.stock.set(compiling, pipeline);
    return pipeline;
  }

  /** How many shaders are compiled of those that were asked for since nothing was being compiled. */
  get progress(): KernelCompilation {
    return { done: this.settledCount - this.firstOfStretch, total: this.count - this.firstOfStretch };
  }

  private follow(label: string, compiling: Promise<GPUComputePipeline>): Pipeline {
    if (this.settledCount === this.count) {
      this.firstOfStretch = this.count;
    }
    const pipeline = new Pipeline(this.count++, label);
    compiling
      .then(
        (compiled) => pipeline.settle(compiled),
        (error: Error) => {
          pipeline.settle();
          this.listener.refused(error.message);
        },
      )
      .finally(() => {
        this.settledCount++;
        this.listener.settled();
      });
    return pipeline;
  }
}
