/** A shader that is ready to run; asking a pipeline for its layout takes long. */
export interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** Shaders that were compiled, by label and key. */
export class PipelineCache {
  private readonly pipelines = new Map<string, Pipeline>();

  constructor(private readonly device: GPUDevice) {}

  /** @param key equal keys under a label mean equal shaders. */
  get(label: string, key: string, shader: () => string): Pipeline {
    const name = `${label}|${key}`;
    const known = this.pipelines.get(name);
    if (known) {
      return known;
    }
    const module = this.device.createShaderModule({ label, code: shader() });
    const pipeline = this.device.createComputePipeline({
      label,
      layout: 'auto',
      compute: { module, entryPoint: 'main' },
    });
    const made = { pipeline, layout: pipeline.getBindGroupLayout(0) };
    this.pipelines.set(name, made);
    return made;
  }
}
