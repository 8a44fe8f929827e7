// Bundles test files for Node, each to one file, so that mocha (here or in an extension host) can load them.
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { embedWasm } from './embed-wasm.mjs';
import { ROOT } from './root.mjs';

/** Paths, relative to the repository, of every test/<folder>/**\/*.test.ts that contains `pattern`, sorted. */
export async function findTests(folder, pattern = '') {
  const base = path.join('test', folder);
  const entries = await readdir(path.join(ROOT, base), { recursive: true }).catch(() => []);
  return entries
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => path.join(base, file))
    .filter((file) => file.includes(pattern))
    .sort();
}

const OPTIONS = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  mainFields: ['module', 'main'],
  sourcemap: 'inline',
  external: [
    'vscode',
    'mocha',
    'esbuild',
    'playwright-core',
    'axe-core',
    'node-sqlite3-wasm',
    'sharp',
    'webgpu',
  ],
  define: { 'process.env.SPIKEBRIDGE_ROOT': JSON.stringify(ROOT) },
  plugins: [embedWasm],
  absWorkingDir: ROOT,
  logLevel: 'warning',
};

/** Bundles `files` (relative to the repository), each to one file below `outFolder`, which is emptied first. */
export async function bundleEach(files, outFolder) {
  await rm(outFolder, { recursive: true, force: true });
  await build({
    ...OPTIONS,
    entryPoints: files,
    outdir: outFolder,
    outbase: 'test',
    outExtension: { '.js': '.cjs' },
  });
}

/** Bundles `files` (relative to the repository) to one file, so that all tests share one copy of each module. */
export async function bundleTogether(files, outFile) {
  const contents = files.map((file) => `import './${file.replaceAll(path.sep, '/')}';`).join('\n');
  await build({ ...OPTIONS, stdin: { contents, resolveDir: ROOT, loader: 'ts' }, outfile: outFile });
}
