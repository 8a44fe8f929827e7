// npm run bench:nmnist-1k: the transfer benchmark on real recordings (shared/reference/nmnist-1k.md).
// node test/bench/nmnist1k.mjs [--all] [--per-class 5,10,30] [--seeds 0,1,2] [--backend simd] [--iterations 600]
//   [--rows events-only,no-alignment,fixed,ktl,ckd,tmkt] [--jobs 1] [--data DIR] [--out DIR] [--no-build]
// It is the experiment nmnist-1k of the command line. --all: every row and class count; --jobs: runs at a time, with
// the threads divided among them; --out: keeps the runs there and continues them; --no-build: dist/ is taken as it is.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bootstrap, runMain } from '../../.dev/bootstrap.mjs';
import { ROOT } from '../../.dev/root.mjs';

const ROWS = ['events-only', 'no-alignment', 'fixed', 'ktl', 'ckd', 'tmkt'];
const ROWS_BY_DEFAULT = ['events-only', 'ktl'];

const { values: options } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    'per-class': { type: 'string' },
    seeds: { type: 'string', default: '0,1,2' },
    rows: { type: 'string' },
    iterations: { type: 'string' },
    backend: { type: 'string', default: 'simd' },
    jobs: { type: 'string', default: '1' },
    data: { type: 'string', default: path.join(ROOT, '../shared/data') },
    out: { type: 'string' },
    'no-build': { type: 'boolean', default: false },
  },
});

/** Row ids of the experiment: every chosen row at every chosen class count. */
function rowIds() {
  const counts = (options['per-class'] ?? (options.all ? '5,10,30' : '5')).split(',');
  const rows = options.rows?.split(',') ?? (options.all ? ROWS : ROWS_BY_DEFAULT);
  return counts.flatMap((count) => rows.map((row) => `${row}-${count}`));
}

/** Runs the experiment in `folder`; resolves to its exit code. */
function runExperiment(folder) {
  const args = [
    ...['experiment', 'run', 'nmnist-1k', '--data', options.data, '--out', folder],
    ...['--rows', rowIds().join(','), '--seeds', options.seeds],
    ...['--backend', options.backend, '--jobs', options.jobs],
    ...(options.iterations ? ['--set', `training.iterations=${options.iterations}`] : []),
  ];
  const child = spawn(process.execPath, [path.join(ROOT, 'dist/cli.js'), ...args], { stdio: 'inherit' });
  // Ctrl-C reaches the experiment too, which ends with complete run folders; this process waits for it.
  process.on('SIGINT', () => {});
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** Runs in a folder of its own that is removed afterwards. */
async function runOnce() {
  const base = path.join(ROOT, '.cache/nmnist-1k');
  await mkdir(base, { recursive: true });
  const folder = await mkdtemp(path.join(base, 'runs-'));
  try {
    return await runExperiment(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
    console.log('The run folders and this table were removed; --out DIR keeps them.');
  }
}

await runMain(async () => {
  if (!existsSync(options.data)) {
    console.error(
      'NMNIST-1K needs the recordings in ../shared/data (nmnist, mnist), or --data DIR; they are not part of the repository.',
    );
    return 1;
  }
  if (!options['no-build']) {
    await bootstrap();
  }
  return options.out ? runExperiment(path.resolve(options.out)) : runOnce();
});
