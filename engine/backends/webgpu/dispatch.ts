import type { TensorInfo } from '@tensorflow/tfjs-core';

/** One run of a shader. */
export interface Dispatch {
  /** The kernel's name in profiles. */
  readonly label: string;
  /** Equal keys mean equal shaders: the pipeline is made once. */
  readonly key: string;
  readonly shader: () => string;
  /** In the order of their bindings. */
  readonly buffers: readonly (GPUBuffer | GPUBufferBinding)[];
  readonly groups: readonly [number, number, number];
}

/** A new tensor and the memory of its values. */
export interface GpuTensor {
  readonly info: TensorInfo;
  readonly buffer: GPUBuffer;
}
