// Bundles test files for Node, each to one file, so that mocha (here or in an extension host) can load them.
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './bootstrap.mjs';

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

/** Bundles `files` (relative to the repository) into `outFolder`, emptied first; resolves to the bundles' paths. */
export async function bundleTests(files, outFolder) {
  await rm(outFolder, { recursive: true, force: true });
  const result = await build({
    entryPoints: files.map((file) => path.join(ROOT, file)),
    outdir: outFolder,
    outbase: path.join(ROOT, 'test'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    outExtension: { '.js': '.cjs' },
    sourcemap: 'inline',
    external: ['vscode', 'mocha', 'esbuild', 'playwright-core', 'axe-core'],
    define: { 'process.env.SPIKEBRIDGE_ROOT': JSON.stringify(ROOT) },
    metafile: true,
    absWorkingDir: ROOT,
    logLevel: 'warning',
  });
  return Object.keys(result.metafile.outputs).map((file) => path.resolve(ROOT, file));
}
