import type { CompiledPipeline } from './pipelineCache';

/** Groups that are kept at most; a training step has a few hundred. */
const MOST_GROUPS = 4096;

/**
 * Bind groups by pipeline and memory. Making one costs more than everything else about a dispatch, and a training step
 * finds its memory in the same buffers as the step before it.
 */
export class BindGroupCache {
  private readonly groups = new Map<string, GPUBindGroup>();
  private readonly ids = new WeakMap<GPUBuffer, number>();
  private count = 0;

  constructor(private readonly device: GPUDevice) {}

  /** @param id tells pipelines apart. @param buffers in the order of their bindings. */
  get(id: number, { layout }: CompiledPipeline, buffers: readonly GPUBufferBinding[]): GPUBindGroup {
    let key = String(id);
    for (const { buffer, offset = 0, size = 0 } of buffers) {
      key += `,${this.idOf(buffer)}:${offset}:${size}`;
    }
    const known = this.groups.get(key);
    if (known) {
      return known;
    }
    if (this.groups.size >= MOST_GROUPS) {
      this.clear();
    }
    const entries = buffers.map((resource, binding) => ({ binding, resource }));
    const group = this.device.createBindGroup({ layout, entries });
    this.groups.set(key, group);
    return group;
  }

  private idOf(buffer: GPUBuffer): number {
    const id = this.ids.get(buffer) ?? this.count++;
    this.ids.set(buffer, id);
    return id;
  }

  /** To be called when buffers are destroyed. */
  clear(): void {
    this.groups.clear();
  }
}
