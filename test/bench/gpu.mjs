// npm run bench:gpu: one KTL iteration of Transfer_VGG_SNN at full size (101 classes, T = 10, 48 x 48) on this machine's
// GPU: SpikeBridge on the webgpu backend beside plain PyTorch, in one run.
//   node test/bench/gpu.mjs [--batches 32,120,256] [--precisions f16,f32] [--iterations 10] [--step FILE] [--no-pytorch]
// --step names a bundle of gpu/gpuStep.ts that was built elsewhere (for machines without node_modules).
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { measurePytorch } from './gpu/pytorchPeer.mjs';

const LIMIT_MS = 300_000;
/** Operations of forward, input gradient and filter gradient of the 3 x 3 convolutions, per pair (performance.md 1). */
const FLOPS_PER_PAIR = 2.72e9 * 10 * 2 * 3;
const GPU_TARGETS =
  'authors’ PyTorch (performance.md 1): 320.7 ms and 35.1 GiB in fp32, 246.1 ms and 28.4 GiB at its best';

const { values: options } = parseArgs({
  options: {
    batches: { type: 'string', default: '32,120,256' },
    precisions: { type: 'string', default: 'f16,f32' },
    iterations: { type: 'string', default: '10' },
    step: { type: 'string' },
    pytorch: { type: 'boolean', default: true },
  },
  allowNegative: true,
});

/** Runs one measurement in a process of its own; resolves to its JSON line or to an error. */
function measure(step, batch, precision) {
  return new Promise((resolve) => {
    const args = [step, '--batch', batch, '--precision', precision, '--iterations', options.iterations];
    const child = spawn(process.execPath, args, { timeout: LIMIT_MS, stdio: ['ignore', 'pipe', 'pipe'] });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.on('close', (code) => {
      const line = output.split('\n').findLast((each) => each.startsWith('{'));
      const reason =
        errors.split('\n').find((each) => each.startsWith('error: ')) ?? `ended with code ${code}`;
      resolve(line ? JSON.parse(line) : { batch: Number(batch), precision, error: reason.slice(0, 160) });
    });
  });
}

const cell = (value, width) => String(value).padStart(width);

function printRow(name, { batch, milliseconds, pairsPerSecond, gibibytes, error }) {
  const figures =
    error ??
    `${cell(milliseconds.toFixed(1), 9)} ${cell(pairsPerSecond.toFixed(0), 8)} ${cell(gibibytes.toFixed(1), 7)}`;
  console.log(`${name.padEnd(34)} ${cell(batch, 5)} ${figures}`);
}

/** Layers of Transfer_VGG_SNN that share a shape; all others occur once. Calls do not tell: a large one runs in pieces. */
const LAYERS_OF_SHAPE = new Map([['512 to 512 at 6 x 6', 2]]);

/** Floating-point operations of an iteration's convolution kernels of one label. */
function convolutionFlops(label, batch) {
  const [shape, ...sizes] = /(\d+) to (\d+) at (\d+) x (\d+)/.exec(label) ?? [];
  const layers = LAYERS_OF_SHAPE.get(shape) ?? 1;
  return shape ? layers * 2 * 9 * sizes.reduce((product, each) => product * Number(each), 1) * 20 * batch : 0;
}

function printKernels({ batch, precision, kernels }) {
  const total = kernels.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  console.log(`\nkernels at ${batch} pairs in ${precision}: ${total.toFixed(1)} ms in all`);
  for (const { label, calls, milliseconds } of kernels.filter((kernel) => kernel.milliseconds >= 0.1)) {
    const flops = convolutionFlops(label, batch);
    const rate = flops > 0 ? `${(flops / milliseconds / 1e9).toFixed(0)} TFLOP/s` : '';
    console.log(`  ${cell(milliseconds.toFixed(2), 7)} ms  ${cell(calls, 3)} x  ${label}  ${rate}`);
  }
}

const step = options.step ?? (await (await import('./gpu/bundleStep.mjs')).bundleStep('gpuStep'));
const batches = options.batches.split(',');
console.log(GPU_TARGETS);
console.log(
  `\n${'KTL iteration'.padEnd(34)} ${cell('pairs', 5)} ${cell('ms', 9)} ${cell('pairs/s', 8)} ${cell('GiB', 7)}`,
);
const measured = [];
for (const precision of options.precisions.split(',')) {
  for (const batch of batches) {
    const row = await measure(step, batch, precision);
    measured.push(row);
    printRow(`SpikeBridge webgpu ${precision}`, row);
  }
}
if (options.pytorch) {
  const { rows, missing } = await measurePytorch({ batches: batches.map(Number) });
  if (missing) {
    console.log(missing);
  }
  for (const { batch, precision, style, ms, pairsPerSecond, peakGiB, error } of rows ?? []) {
    const row = { batch, milliseconds: ms, pairsPerSecond, gibibytes: peakGiB, error };
    printRow(`PyTorch ${precision}${style ? ` (${style})` : ''}`, row);
  }
}
for (const row of measured.filter(({ kernels }) => kernels?.length > 0)) {
  printKernels(row);
  const rate = (FLOPS_PER_PAIR * row.batch) / row.milliseconds / 1e9;
  console.log(
    `  wall ${row.milliseconds.toFixed(1)} ms: ${rate.toFixed(0)} TFLOP/s; queueing one iteration takes ${row.encodeMilliseconds.toFixed(1)} ms of the main thread; the first took ${(row.firstMilliseconds / 1000).toFixed(1)} s, which compiles the kernels; memory grew by ${row.grownBytes} bytes`,
  );
}
console.log(`\n${measured.find(({ detail }) => detail)?.detail ?? ''}; Node ${process.version}`);
