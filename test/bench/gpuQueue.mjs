// What it costs the main thread to queue one KTL iteration of Transfer_VGG_SNN, without a GPU: on Dawn’s null backend, which
// validates everything and computes nothing (the numbers that come back are meaningless, the time of the host is not).
//   node test/bench/gpuQueue.mjs [--pairs 4] [--iterations 20] [--precision f16] [--labels] [--profile FOLDER]
// --labels lists every kernel with its number of dispatches; --profile writes a CPU profile there.
import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const ROOT = path.resolve(import.meta.dirname, '../..');
const NULL_DAWN = path.join(ROOT, 'test/bench/gpu/nullDawn.mjs');

const { values: options } = parseArgs({
  options: {
    pairs: { type: 'string', default: '4' },
    iterations: { type: 'string', default: '20' },
    precision: { type: 'string', default: 'f16' },
    labels: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});

/** The engine asks for `webgpu`; it gets the package's null backend. */
const nullBackend = {
  name: 'null-backend',
  setup({ onResolve }) {
    onResolve({ filter: /^webgpu$/ }, ({ importer }) =>
      importer === NULL_DAWN ? { path: 'webgpu', external: true } : { path: NULL_DAWN },
    );
  },
};

const outfile = path.join(ROOT, '.cache/bench/queueStep.cjs');
await mkdir(path.dirname(outfile), { recursive: true });
await build({
  entryPoints: [path.join(ROOT, 'test/bench/gpu/queueStep.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  mainFields: ['module', 'main'],
  plugins: [nullBackend],
  logLevel: 'warning',
});
const profiling = options.profile ? ['--cpu-prof', `--cpu-prof-dir=${options.profile}`] : [];
const { stdout, status } = spawnSync(
  process.execPath,
  [
    ...[...profiling, outfile, '--pairs', options.pairs],
    ...['--iterations', options.iterations, '--precision', options.precision],
  ],
  { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
);
const line = stdout.split('\n').findLast((each) => each.startsWith('{'));
if (status !== 0 || !line) {
  console.error(stdout);
  process.exit(1);
}
const { pairs, dispatches, calls, milliseconds, mebibytes } = JSON.parse(line);
const sumOf = (prefix) =>
  Object.entries(dispatches).reduce((sum, [label, n]) => sum + (label.startsWith(prefix) ? n : 0), 0);
console.log(
  `one KTL iteration of Transfer_VGG_SNN, ${pairs} pairs, ${options.precision} on Dawn’s null backend`,
);
console.log(`dispatches: ${sumOf('')} (stock ${sumOf('stock')}, ours ${sumOf('ours')})`);
for (const [label, n] of Object.entries(dispatches).sort(([, left], [, right]) => right - left)) {
  if (options.labels) {
    console.log(`  ${String(n).padStart(4)}  ${label}`);
  }
}
console.log(
  `calls: ${Object.entries(calls)
    .map(([name, n]) => `${name} ${n}`)
    .join(', ')}`,
);
console.log(
  `main thread: ${milliseconds.queue.toFixed(1)} ms to queue (least ${milliseconds.leastQueue.toFixed(1)}), ${milliseconds.step.toFixed(1)} ms with reading the metrics (medians); ${mebibytes.toFixed(1)} MiB held`,
);
