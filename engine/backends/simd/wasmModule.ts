import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { SpikeBridgeError } from '../../errors';

/** What the compiled kernels export (kernels/index.ts). */
export interface KernelExports {
  readonly runJob: (control: number) => void;
  readonly serve: (control: number, thread: number) => void;
  readonly buildShuffleTable: (table: number) => void;
}

export type WasmBuild = 'relaxed' | 'plain';

/** A build of the kernels, and why it was chosen. */
export interface CompiledKernels {
  readonly build: WasmBuild;
  readonly reason: string;
  readonly module: WebAssembly.Module;
}

const FILES: Record<WasmBuild, string> = { relaxed: 'simd-relaxed.wasm', plain: 'simd.wasm' };

/** (func (result v128) (f32x4.relaxed_madd (i8x16.splat 0) (i8x16.splat 0) (i8x16.splat 0))) as a module. */
const RELAXED_PROBE = Uint8Array.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 5, 1, 0x60, 0, 1, 0x7b],
  ...[3, 2, 1, 0],
  ...[
    10, 19, 1, 17, 0, 0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0xfd, 0x85, 0x02, 0x0b,
  ],
]);

/** Whether this JavaScript engine compiles relaxed SIMD (V8 11.4, Node 22 and later). */
export function supportsRelaxedSimd(): boolean {
  return WebAssembly.validate(RELAXED_PROBE);
}

/**
 * Compiles the fastest build that this JavaScript engine accepts.
 * @param folder holds simd.wasm and simd-relaxed.wasm.
 * @throws SpikeBridgeError (backend) when the file is missing or is refused.
 */
export async function compileKernels(folder: string): Promise<CompiledKernels> {
  const relaxed = supportsRelaxedSimd();
  const build = relaxed ? 'relaxed' : 'plain';
  const reason = relaxed
    ? 'WebAssembly relaxed SIMD is available (fused multiply-add)'
    : `WebAssembly relaxed SIMD is missing in Node ${process.versions.node} (needs 22 or later)`;
  return { build, reason, module: await compileFile(path.join(folder, FILES[build])) };
}

async function compileFile(file: string): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(await readFile(file));
  } catch (cause) {
    throw new SpikeBridgeError(
      'backend',
      `The simd backend's kernels cannot be loaded: ${cause instanceof Error ? cause.message : cause}`,
      'Build the project again (npm run build), or reinstall the extension.',
      { file },
      { cause },
    );
  }
}

/** Instantiates the kernels on the shared memory. */
export async function instantiateKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Promise<KernelExports> {
  const instance = await WebAssembly.instantiate(module, { env: { memory, abort: refuseAbort } });
  return instance.exports as unknown as KernelExports;
}

function refuseAbort(): never {
  throw new Error('a simd kernel aborted');
}
