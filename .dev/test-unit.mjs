// Bundles the unit tests and runs them with mocha: node .dev/test-unit.mjs [substring of the test files' paths]
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Bundles every test/<folders>/**\/*.test.ts whose path contains `pattern`; returns the bundles' paths. */
export async function bundleTests(folders, outFolder, pattern = '') {
  const files = [];
  for (const folder of folders) {
    const entries = await readdir(path.join(ROOT, 'test', folder), { recursive: true }).catch(() => []);
    files.push(
      ...entries.filter((file) => file.endsWith('.test.ts')).map((file) => path.join('test', folder, file)),
    );
  }
  const chosen = files.filter((file) => file.includes(pattern)).sort();
  await rm(outFolder, { recursive: true, force: true });
  const result = await build({
    entryPoints: chosen.map((file) => path.join(ROOT, file)),
    outdir: outFolder,
    outbase: path.join(ROOT, 'test'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    sourcemap: 'inline',
    external: ['vscode', 'mocha', 'esbuild', 'playwright-core'],
    define: { 'process.env.SPIKEBRIDGE_ROOT': JSON.stringify(ROOT) },
    metafile: true,
    logLevel: 'warning',
  });
  return Object.keys(result.metafile.outputs).map((file) => path.resolve(file));
}

/** Runs mocha over the bundled tests; resolves to the counts. */
export async function runMocha(files, { timeout = 60_000, reporter = 'spec' } = {}) {
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({ timeout, reporter, color: process.stdout.isTTY });
  for (const file of files) {
    mocha.addFile(file);
  }
  await mocha.loadFilesAsync();
  return new Promise((resolve) => {
    const runner = mocha.run(() => resolve(runner.stats));
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.chdir(ROOT);
  const files = await bundleTests(['unit'], path.join(ROOT, '.cache/unit'), process.argv[2]);
  const stats = await runMocha(files);
  console.log(`${stats.passes} passed, ${stats.failures} failed, ${stats.pending} skipped`);
  process.exit(stats.failures > 0 || stats.tests === 0 ? 1 : 0);
}
