import type { AdapterReport, KernelReport } from './backendReport';
import type { BackendName, PrecisionChoice } from './choice';
import { CPU_PROVIDER } from './cpuProvider';
import type { TakenPrecision } from './precision';
import { SIMD_PROVIDER } from './simdProvider';
import { WEBGPU_PROVIDER } from './webGpuProvider';

/** A backend that has been made the active one of tfjs. */
export interface ActiveBackend extends TakenPrecision {
  readonly name: BackendName;
  /** What it runs on, for people: "relaxed SIMD, 2 threads". */
  readonly detail: string;
  /** Fused and overridden kernels by tfjs name; empty where everything is stock tfjs. */
  readonly kernels: readonly string[];
  /** The GPU that computes, for the doctor. */
  readonly adapter?: AdapterReport;
  /** How the expensive kinds of work are done, for the doctor and the run record. */
  readonly kernelReports?: readonly KernelReport[];
  /** Memory that the device has left, where it can be known. */
  freeBytes?(): Promise<number | undefined>;
  dispose(): Promise<void>;
}

export interface ActivationOptions {
  /** Threads of a CPU backend; default: all cores, up to 8. */
  readonly threads?: number;
  /** Of a GPU backend; `auto` (default) takes halves where the GPU multiplies them as matrices. */
  readonly precision?: PrecisionChoice;
}

/** How one backend is found and started. New backends are added to {@link BACKEND_PROVIDERS}. */
export interface BackendProvider {
  readonly name: BackendName;
  /** Why `auto` would take it. */
  readonly reason: string;
  /** Registers the backend with tfjs and makes it active. @throws SpikeBridgeError (backend) where it cannot run. */
  activate(options: ActivationOptions): Promise<ActiveBackend>;
}

/** All backends, the fastest first. */
export const BACKEND_PROVIDERS: readonly BackendProvider[] = [WEBGPU_PROVIDER, SIMD_PROVIDER, CPU_PROVIDER];
