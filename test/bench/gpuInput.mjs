// What a full-size batch costs the main thread and the upload (120 pairs, T = 10, 2 x 48 x 48):
//   node test/bench/gpuInput.mjs [BACKEND [crop|dvs-da|noise]]     after npm run build
import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { sharpBeside } from '../../.dev/build-sharp.mjs';
import { embedWasm } from '../../.dev/embed-wasm.mjs';

const ROOT = path.resolve(import.meta.dirname, '../..');
const FOLDER = path.join(ROOT, '.cache/bench/input');
const dist = path.join(ROOT, 'dist');

await mkdir(FOLDER, { recursive: true });
await build({
  entryPoints: [path.join(ROOT, 'test/bench/gpu/inputStep.ts')],
  outfile: path.join(FOLDER, 'inputStep.js'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  mainFields: ['module', 'main'],
  external: ['webgpu'],
  plugins: [embedWasm, sharpBeside],
  logLevel: 'warning',
});
// The decode workers and the kernels of simd are found beside the bundle.
const needed = (await readdir(dist)).filter((file) =>
  /\.(wasm|bin)$|^(simdThread|worker|sharp.*)\.js$/.test(file),
);
await Promise.all(needed.map((file) => copyFile(path.join(dist, file), path.join(FOLDER, file))));
const [, , backend = 'auto', ...augmentation] = process.argv;
const args = [path.join(FOLDER, 'inputStep.js'), backend, path.join(FOLDER, 'digits.bin'), ...augmentation];
process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
