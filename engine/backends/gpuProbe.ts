import { reportOf } from '../errors';
import { allowsSoftwareGpu } from './runtime';
import { openGpu } from './webgpu/dawn';
import { MappedMemoryRefused } from './webgpu/mappedMemory';

/** Whether the GPU can be used in this very process. */
export interface GpuProbe {
  /** `refused`: by the program that runs the engine; another one on this machine may do. `missing`: nowhere here. */
  readonly state: 'works' | 'refused' | 'missing';
  readonly detail: string;
}

/** Opens the GPU, reads a few values back and closes it. */
export async function probeGpu(): Promise<GpuProbe> {
  try {
    const gpu = await openGpu({ allowSoftware: allowsSoftwareGpu() });
    gpu.close();
    return { state: 'works', detail: gpu.title };
  } catch (error) {
    const state = error instanceof MappedMemoryRefused ? 'refused' : 'missing';
    return { state, detail: reportOf(error).message };
  }
}
