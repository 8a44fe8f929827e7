// Compiles AssemblyScript kernels: those of the simd backend to dist/simd.wasm and simd-relaxed.wasm; those of the
// decoders for bundles.
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const KERNELS = 'engine/backends/simd/kernels';
const COMMON_OPTIONS = ['-O3', '--converge', '--noAssert', '--runtime=stub'];
const OPTIONS = [
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

/** The latest change of the sources in a folder and of this script, in ms since the epoch. */
async function sourcesChangedAt(folder) {
  const names = await readdir(path.join(ROOT, folder));
  const files = [fileURLToPath(import.meta.url), ...names.map((name) => path.join(ROOT, folder, name))];
  const stats = await Promise.all(files.map((file) => stat(file)));
  return Math.max(...stats.map(({ mtimeMs }) => mtimeMs));
}

async function changedAt(file) {
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

async function compile(folder, target, options) {
  const { default: asc } = await import('assemblyscript/asc');
  const output = path.relative(ROOT, `${target}.${process.pid}.tmp.wasm`);
  const { error, stderr } = await asc.main(
    [`${folder}/index.ts`, '-o', output, ...COMMON_OPTIONS, ...options],
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
  const sources = await sourcesChangedAt(KERNELS);
  for (const { name, options } of BUILDS) {
    const target = path.join(dist, name);
    if ((await changedAt(target)) < sources) {
      await compile(KERNELS, target, [...OPTIONS, ...options]);
    }
  }
}

const WORD_KERNELS = 'engine/events/words/kernels';
const WORD_OPTIONS = ['--initialMemory=5', '--maximumMemory=5', '--enable=simd'];

/** The module of the decoders' kernels, compiled where a source is newer. */
export async function wordKernels() {
  const target = path.join(ROOT, '.cache/kernels/words.wasm');
  if ((await changedAt(target)) < (await sourcesChangedAt(WORD_KERNELS))) {
    await mkdir(path.dirname(target), { recursive: true });
    await compile(WORD_KERNELS, target, WORD_OPTIONS);
  }
  return readFile(target);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await run(ROOT, process.argv[2] ?? path.join(ROOT, 'dist'));
}
