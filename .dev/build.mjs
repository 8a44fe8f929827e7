// Builds everything into dist/: node .dev/build.mjs [--watch]. Each step skips itself where its inputs are unchanged.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { context, build as esbuild } from 'esbuild';
import { run as writeNotices } from './build-notices.mjs';
import { sharpBeside } from './build-sharp.mjs';
import { embedWasm } from './embed-wasm.mjs';
import { LIBRARIES, shareLibraries } from './shared-libraries.mjs';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const DIST = path.join(ROOT, 'dist');

// ES modules first: one copy of tfjs-core, with its side effects declared.
// webgpu is a native module, found beside the product where it is installed.
const NODE_BUNDLE = {
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  mainFields: ['module', 'main'],
  external: ['webgpu'],
};
const BUNDLES = [
  { ...NODE_BUNDLE, entry: 'engine/cli.ts', out: 'cli.js' },
  { ...NODE_BUNDLE, entry: 'engine/host.ts', out: 'engine.js' },
  { ...NODE_BUNDLE, entry: 'engine/datasets/worker.ts', out: 'worker.js' },
  { ...NODE_BUNDLE, entry: 'engine/recordingHost.ts', out: 'recordings.js' },
  { ...NODE_BUNDLE, entry: 'engine/recordings/recordingThread.ts', out: 'recordingThread.js' },
  { ...NODE_BUNDLE, entry: 'engine/backends/simd/thread.ts', out: 'simdThread.js' },
  ...LIBRARIES.map(({ entry, out }) => ({ ...NODE_BUNDLE, entry, out })),
  { ...NODE_BUNDLE, entry: 'extension/main.ts', out: 'extension.js', external: ['vscode'] },
  {
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    entry: 'webviews/dashboard/main.ts',
    out: 'webviews/dashboard.js',
  },
  {
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    entry: 'webviews/recording/main.ts',
    out: 'webviews/recording.js',
  },
];

/** esbuild options of one bundle; minified, because the bundles travel in the .vsix. */
function optionsOf({ entry, out, ...rest }) {
  return {
    ...rest,
    entryPoints: [path.join(ROOT, entry)],
    outfile: path.join(DIST, out),
    bundle: true,
    minify: true,
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    absWorkingDir: ROOT,
    logLevel: 'warning',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [embedWasm, shareLibraries, sharpBeside],
    tsconfig: path.join(ROOT, 'tsconfig.json'),
  };
}

/** Builds every bundle whose entry exists; resolves to the paths of all inputs, relative to the repository. */
async function bundle() {
  const results = await Promise.all(presentBundles().map((description) => esbuild(optionsOf(description))));
  return results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
}

async function watchBundles() {
  const contexts = await Promise.all(presentBundles().map((description) => context(optionsOf(description))));
  await Promise.all(contexts.map((each) => each.watch()));
}

function presentBundles() {
  return BUNDLES.filter(({ entry }) => existsSync(path.join(ROOT, entry)));
}

/** Steps that make other files of dist/; each module exports `run(root, dist)`. */
const STEPS = ['build-wasm.mjs', 'build-digits.mjs', 'build-sharp.mjs', 'build-schema.mjs'];

async function runSteps() {
  for (const step of STEPS) {
    const file = path.join(ROOT, '.dev', step);
    if (existsSync(file)) {
      await (await import(pathToFileURL(file).href)).run(ROOT, DIST);
    }
  }
}

/** Builds dist/ once, or keeps its bundles up to date until the process ends. */
export async function build({ watch = false } = {}) {
  await mkdir(DIST, { recursive: true });
  await runSteps();
  const inputs = await bundle();
  await writeNotices(ROOT, DIST, inputs);
  if (watch) {
    await watchBundles();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build({ watch: process.argv.includes('--watch') });
}
