// Compiles the AssemblyScript kernels to dist/simd.wasm and simd-relaxed.wasm.
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const KERNELS = path.join(ROOT, 'engine/backends/simd/kernels');
const OPTIONS = [
  '-O3',
  '--converge',
  '--noAssert',
  '--runtime=stub',
  '--importMemory',
  '--noExportMemory',
  '--sharedMemory',
  '--initialMemory=16',
  '--maximumMemory=65536',
  '--enable=simd,threads,bulk-memory',
];
const BUILDS = [
  { name: 'simd.wasm', options: [] },
  { name: 'simd-relaxed.wasm', options: ['--enable=relaxed-simd'] },
];

/** The latest change of the kernels' sources and of this script, in ms since the epoch. */
async function sourcesChangedAt() {
  const names = await readdir(KERNELS);
  const files = [fileURLToPath(import.meta.url), ...names.map((name) => path.join(KERNELS, name))];
  const stats = await Promise.all(files.map((file) => stat(file)));
  return Math.max(...stats.map(({ mtimeMs }) => mtimeMs));
}

async function changedAt(file) {
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

async function compile(target, options) {
  const output = path.relative(ROOT, `${target}.${process.pid}.tmp.wasm`);
  const { error, stderr } = await asc.main(
    ['engine/backends/simd/kernels/index.ts', '-o', output, ...OPTIONS, ...options],
    {
      readFile: (name, base) => readFile(path.resolve(base, name), 'utf8').catch(() => null),
      writeFile: (name, contents) => writeFile(path.resolve(ROOT, name), contents),
      listFiles: () => [],
    },
  );
  if (error) {
    throw new Error(`${path.basename(target)} did not compile:\n${stderr.toString()}`, { cause: error });
  }
  await rename(path.resolve(ROOT, output), target);
}

/** Step of the build: compiles both builds of the kernels into `dist`, skipping those newer than all sources. */
export async function run(_root, dist) {
  await mkdir(dist, { recursive: true });
  const sources = await sourcesChangedAt();
  for (const { name, options } of BUILDS) {
    const target = path.join(dist, name);
    if ((await changedAt(target)) < sources) {
      await compile(target, options);
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await run(ROOT, process.argv[2] ?? path.join(ROOT, 'dist'));
}
