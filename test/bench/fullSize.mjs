// One full-size KTL iteration of Transfer_VGG_SNN (T = 10, 48 x 48, 101 classes): time, and memory below 4 GiB.
// node test/bench/fullSize.mjs [--pairs 4] [--iterations 2] [--backend simd]
import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { bootstrap, runMain } from '../../.dev/bootstrap.mjs';
import { ROOT } from '../../.dev/root.mjs';

const run = promisify(execFile);
const FOLDER = path.join(ROOT, '.cache/bench');
const LIMIT_GIB = 4;

async function bundle() {
  const { build } = await import('esbuild');
  await mkdir(FOLDER, { recursive: true });
  await build({
    entryPoints: [path.join(ROOT, 'test/bench/fullSizeStep.ts')],
    outfile: path.join(FOLDER, 'fullSizeStep.js'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    logLevel: 'error',
    external: ['webgpu', '@tensorflow/tfjs-backend-webgpu'],
  });
  const dist = path.join(ROOT, 'dist');
  const needed = (await readdir(dist)).filter((file) => /\.wasm$|^simdThread\.js$/.test(file));
  await Promise.all(needed.map((file) => copyFile(path.join(dist, file), path.join(FOLDER, file))));
}

await runMain(async () => {
  await bootstrap({ build: !process.argv.includes('--no-build') });
  await bundle();
  const args = process.argv.slice(2).filter((argument) => argument !== '--no-build');
  const { stdout } = await run(process.execPath, [path.join(FOLDER, 'fullSizeStep.js'), ...args]);
  process.stdout.write(stdout);
  const { peakGiB } = JSON.parse(stdout.trim().split('\n').at(-1));
  const verdict = peakGiB < LIMIT_GIB ? 'within' : 'OVER';
  console.log(`peak memory ${peakGiB.toFixed(2)} GiB: ${verdict} ${LIMIT_GIB} GiB`);
  return peakGiB < LIMIT_GIB ? 0 : 1;
});
