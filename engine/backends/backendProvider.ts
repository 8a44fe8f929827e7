import type { BackendName } from './choice';
import { CPU_PROVIDER } from './cpuProvider';
import { SIMD_PROVIDER } from './simdProvider';

/** A backend that has been made the active one of tfjs. */
export interface ActiveBackend {
  readonly name: BackendName;
  /** What it runs on, for people: "relaxed SIMD, 2 threads". */
  readonly detail: string;
  /** Fused and overridden kernels by tfjs name; empty where everything is stock tfjs. */
  readonly kernels: readonly string[];
  dispose(): Promise<void>;
}

export interface ActivationOptions {
  /** Threads of a CPU backend; default: all cores, up to 8. */
  readonly threads?: number;
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
export const BACKEND_PROVIDERS: readonly BackendProvider[] = [SIMD_PROVIDER, CPU_PROVIDER];
