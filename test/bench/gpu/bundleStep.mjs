import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

const ROOT = path.resolve(import.meta.dirname, '../../..');

/** Bundles `gpu/<name>.ts`, a measurement that runs in a process of its own; resolves to the bundle's path. */
export async function bundleStep(name) {
  const outfile = path.join(ROOT, `.cache/bench/${name}.cjs`);
  await mkdir(path.dirname(outfile), { recursive: true });
  await build({
    entryPoints: [path.join(ROOT, `test/bench/gpu/${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    external: ['webgpu'],
    logLevel: 'warning',
  });
  return outfile;
}
