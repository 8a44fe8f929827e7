import type { KernelConfig, NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from './simdBackend';

export const SIMD_BACKEND_NAME = 'simd';

/** What a kernel of the simd backend is called with. */
export interface KernelCall<Inputs, Attributes> {
  readonly backend: SimdBackend;
  readonly inputs: Inputs;
  readonly attributes: Attributes;
}

/** A tfjs kernel registration for the simd backend from a function with precise types. */
export function simdKernel<Inputs, Attributes>(
  kernelName: string,
  compute: (call: KernelCall<Inputs, Attributes>) => TensorInfo | TensorInfo[],
): KernelConfig {
  return {
    kernelName,
    backendName: SIMD_BACKEND_NAME,
    kernelFunc: ({ backend, inputs, attrs }) =>
      compute({
        backend: backend as SimdBackend,
        inputs: inputs as NamedTensorInfoMap as Inputs,
        attributes: attrs as NamedAttrMap as Attributes,
      }),
  };
}
