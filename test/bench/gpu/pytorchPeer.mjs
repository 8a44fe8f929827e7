// The comparison rows of npm run bench:gpu: the same training iteration in plain PyTorch (pytorch/ktl_gpu_step.py).
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('../pytorch/ktl_gpu_step.py', import.meta.url));
/** Starting PyTorch, drawing the data and measuring both styles of the largest batch stay well below this. */
const LIMIT_SECONDS = 300;

/** Why no row can be measured on this machine, with the next step; undefined when only one measurement failed. */
function missingPart(error, python) {
  if (error.code === 'ENOENT') {
    return `PyTorch was not measured: no ${python} on this machine; install Python 3 with PyTorch for CUDA`;
  }
  const output = error.stderr ?? '';
  if (/No module named 'torch'/.test(output)) {
    return `PyTorch was not measured: ${python} has no PyTorch; install PyTorch 1.13 or newer for CUDA, or name another Python`;
  }
  const withoutDevice = output.match(/no CUDA device: .*/);
  return withoutDevice ? `PyTorch was not measured: ${withoutDevice[0]}` : undefined;
}

/** One line on why a single measurement failed. */
function failure(error) {
  if (error.killed) {
    return `ended after ${LIMIT_SECONDS} s`;
  }
  return (error.stderr ?? '').trim().split('\n').at(-1) || error.message;
}

async function measureRow(python, { batch, precision, ...settings }) {
  const { style, iterations, warmup, extra } = settings;
  const counts = ['--iterations', `${iterations}`, '--warmup', `${warmup}`];
  const args = ['--batch', `${batch}`, '--precision', precision, '--style', style, ...counts, ...extra];
  const { stdout } = await run(python, [SCRIPT, ...args], {
    timeout: LIMIT_SECONDS * 1000,
    killSignal: 'SIGKILL',
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

/**
 * Measures the iteration in PyTorch, each batch (pairs) and precision ('fp32', 'bf16') in a process of its own, so that
 * no row inherits another's memory. `extra`: further options of the script, such as `--cudnn-benchmark`.
 *
 * Resolves to `{ rows, missing }`. Rows: `{ batch, precision, ms, pairsPerSecond, peakGiB, reservedGiB, style, torch,
 * device, driver, ... }` with the median ms of an iteration, or `{ batch, precision, error }` where that row alone failed
 * (out of memory). `missing` names what the machine lacks (Python, PyTorch, CUDA); rows measured before are kept.
 */
export async function measurePytorch({
  batches = [32, 120, 256],
  precisions = ['fp32', 'bf16'],
  python = 'python3',
  style = 'best',
  iterations = 10,
  warmup = 3,
  extra = [],
  report = () => {},
} = {}) {
  const rows = [];
  for (const batch of batches) {
    for (const precision of precisions) {
      try {
        rows.push(await measureRow(python, { batch, precision, style, iterations, warmup, extra }));
      } catch (error) {
        const missing = missingPart(error, python);
        if (missing) {
          return { rows, missing };
        }
        rows.push({ batch, precision, error: failure(error) });
      }
      report(rows.at(-1));
    }
  }
  return { rows, missing: undefined };
}
