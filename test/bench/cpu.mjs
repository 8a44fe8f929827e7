// npm run bench:cpu: pairs per second of one KTL iteration of the NMNIST-1K network, ours beside plain PyTorch, alternating
// in one run on the same batches. node test/bench/cpu.mjs [--rounds 3] [--threads 2] [--iterations 12]
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { bootstrap, runMain } from '../../.dev/bootstrap.mjs';
import { mustRun } from '../../.dev/process.mjs';
import { ROOT } from '../../.dev/root.mjs';

const run = promisify(execFile);
/** Debian's Python, which python3-torch belongs to. */
const PYTHON = '/usr/bin/python3';
const PACKAGES = ['python3-torch', 'libopenblas0-pthread'];
const PYTORCH = path.join(ROOT, 'test/bench/pytorch/ktl_step.py');
const FOLDER = path.join(ROOT, '.cache/bench');

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    iterations: { type: 'string', default: '12' },
  },
});

async function hasPytorch() {
  return run(PYTHON, ['-c', 'import torch']).then(
    () => true,
    () => false,
  );
}

async function requirePytorch() {
  if (await hasPytorch()) {
    return;
  }
  const hint = `the comparison needs Debian's PyTorch: apt-get install --no-install-recommends ${PACKAGES.join(' ')}`;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(hint);
  }
  await mustRun('apt-get', ['update', '-qq'], hint);
  await mustRun('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...PACKAGES], hint);
}

/** Bundles our side beside the WebAssembly and worker files that it looks for. */
async function bundleOurs() {
  const { build } = await import('esbuild');
  await mkdir(FOLDER, { recursive: true });
  await build({
    entryPoints: [path.join(ROOT, 'test/bench/cpuStep.ts')],
    outfile: path.join(FOLDER, 'cpuStep.js'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
  const dist = path.join(ROOT, 'dist');
  const needed = (await readdir(dist)).filter((file) => /\.(wasm|bin)$|^(simdThread|worker)\.js$/.test(file));
  await Promise.all(needed.map((file) => copyFile(path.join(dist, file), path.join(FOLDER, file))));
  return path.join(FOLDER, 'cpuStep.js');
}

const lastLine = ({ stdout }) => JSON.parse(stdout.trim().split('\n').at(-1));
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

await runMain(async () => {
  await bootstrap();
  await requirePytorch();
  const ours = await bundleOurs();
  const data = path.join(FOLDER, 'batches.safetensors');
  await run(process.execPath, [ours, 'prepare', data]);
  const common = ['--threads', options.threads, '--iterations', options.iterations, '--warmup', '4'];
  const pytorch = (style) => async () =>
    lastLine(await run(PYTHON, [PYTORCH, '--json', '--data', data, '--style', style, ...common]));
  const contestants = {
    SpikeBridge: async () => lastLine(await run(process.execPath, [ours, 'measure', ...common])),
    'PyTorch, layer by layer': pytorch('layer'),
    'PyTorch, step by step': pytorch('step'),
  };
  const results = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 1; round <= Number(options.rounds); round++) {
    for (const [name, measure] of Object.entries(contestants)) {
      const result = await measure();
      results[name].push(result);
      console.log(`round ${round}: ${name}: ${result.pairsPerSecond.toFixed(1)} pairs/s`);
    }
  }
  const speed = (name) => median(results[name].map(({ pairsPerSecond }) => pairsPerSecond));
  const [{ backend, node }] = results.SpikeBridge;
  const [{ torch }] = results['PyTorch, layer by layer'];
  console.log(
    `\n${cpus()[0].model}, ${options.threads} threads; ${backend} on Node ${node}; PyTorch ${torch}`,
  );
  for (const name of Object.keys(contestants)) {
    console.log(
      `${name.padEnd(24)} ${speed(name).toFixed(1).padStart(7)} pairs/s (median of ${options.rounds} rounds)`,
    );
  }
  const best = Math.max(speed('PyTorch, layer by layer'), speed('PyTorch, step by step'));
  console.log(`ratio to the faster PyTorch: ${(speed('SpikeBridge') / best).toFixed(2)}`);
  return 0;
});
