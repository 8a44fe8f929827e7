// npm run bench:nmnist-1k: the transfer benchmark on real recordings (shared/reference/nmnist-1k.md).
// node test/bench/nmnist1k.mjs [--all] [--per-class 5,10,30] [--seeds 0,1,2] [--backend simd] [--iterations 600]
//   [--rows events-only,no-alignment,fixed,ktl,ckd,tmkt]
// --all: every row and class count. The teacher of the CKD row is trained first, once (it sees no recording).
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bootstrap, ROOT, runMain } from '../../.dev/bootstrap.mjs';

const CONFIGURATIONS = path.join(ROOT, 'test/bench/nmnist-1k');
const DATA = path.join(ROOT, '../shared/data');

/** Rows of the table: how each differs from its committed configuration, and the reference means per class count. */
const ROWS = {
  'events-only': { base: 'events-only', title: 'events only', reference: { 5: 87.5, 10: 88.1, 30: 94.4 } },
  'no-alignment': {
    base: 'ktl',
    title: 'static + sliding, no alignment',
    changes: { alignment: { kind: 'none', coefficients: 'none', weight: 0 } },
    reference: { 5: 92.6, 10: 92.6, 30: 96.3 },
  },
  fixed: {
    base: 'ktl',
    title: 'KTL, fixed coefficient',
    changes: { alignment: { kind: 'cka', coefficients: 'none' } },
    reference: { 5: 93.9, 10: 93.8, 30: 97.2 },
  },
  ktl: { base: 'ktl', title: 'KTL, learned coefficients', reference: { 5: 94.7, 10: 94.3, 30: 97.1 } },
  // No reference exists for these two: they are reported as they are.
  ckd: { base: 'ktl', title: 'CKD', changes: { method: 'ckd' }, needsTeacher: true, reference: {} },
  tmkt: { base: 'ktl', title: 'TMKT', changes: { method: 'tmkt' }, reference: {} },
};
const TEACHER_SEED = 0;

const numbers = (text) => text.split(',').map(Number);
const { values: options } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    'per-class': { type: 'string' },
    seeds: { type: 'string', default: '0,1,2' },
    rows: { type: 'string' },
    iterations: { type: 'string' },
    backend: { type: 'string', default: 'simd' },
  },
});

const perClassCounts = numbers(options['per-class'] ?? (options.all ? '5,10,30' : '5'));
const rows = options.rows?.split(',') ?? (options.all ? Object.keys(ROWS) : ['events-only', 'ktl']);

/** The committed configuration with absolute paths, a row's changes and a number of recordings per class. */
async function configurationOf({ base, changes = {} }, perClass) {
  // Not at the top: the bootstrap installs it.
  const { parse } = await import('jsonc-parser');
  const file = path.join(CONFIGURATIONS, `${base}.transfer.jsonc`);
  const configuration = parse(await readFile(file, 'utf8'), [], { allowTrailingComma: true });
  const { data } = configuration;
  for (const source of [data.events, data.images].filter(Boolean)) {
    source.folder = path.resolve(CONFIGURATIONS, source.folder);
  }
  data.cacheFolder = path.resolve(CONFIGURATIONS, data.cacheFolder);
  data.events.train[0].perClass = perClass;
  const { training } = configuration;
  const iterations = Math.min(training.iterations, Number(options.iterations ?? training.iterations));
  return { ...configuration, training: { ...training, iterations }, ...changes };
}

/** Trains in a process of its own; resolves to the outcome's status. */
function train(configurationFile, seed, outFolder) {
  const args = [path.join(ROOT, 'dist/cli.js'), 'train', configurationFile, '--seed', String(seed)];
  const child = spawn(
    process.execPath,
    [...args, '--backend', options.backend, '--out', outFolder, '--json'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let tail = '';
  child.stdout.on('data', (chunk) => {
    const lines = (tail + chunk).split('\n');
    tail = lines.slice(-2).join('\n');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      const outcome = JSON.parse(tail.trim().split('\n').at(-1) || '{}');
      return code === 0
        ? resolve(outcome.status)
        : reject(new Error(`training failed: ${JSON.stringify(outcome.status?.error)}`));
    });
  });
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values) => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

/** Trains the teacher; resolves to its checkpoint. */
async function trainTeacher(folder) {
  const configurationFile = path.join(folder, 'teacher.transfer.jsonc');
  await writeFile(configurationFile, JSON.stringify(await configurationOf({ base: 'teacher' }, 5)));
  const outFolder = path.join(folder, 'teacher');
  const status = await train(configurationFile, TEACHER_SEED, outFolder);
  console.log(`teacher: ${(100 * status.lastAccuracy).toFixed(1)} % of held-out images (${status.backend})`);
  return path.join(outFolder, 'checkpoints/final.safetensors');
}

async function runRow(row, perClass, { seeds, folder, teacher }) {
  const configurationFile = path.join(folder, `${row}-${perClass}.transfer.jsonc`);
  const configuration = await configurationOf(ROWS[row], perClass);
  const distillation = ROWS[row].needsTeacher ? { distillation: { teacher } } : {};
  await writeFile(configurationFile, JSON.stringify({ ...configuration, ...distillation }));
  const accuracies = [];
  const rates = [];
  for (const seed of seeds) {
    const status = await train(configurationFile, seed, path.join(folder, `${row}-${perClass}-seed${seed}`));
    accuracies.push(100 * status.lastAccuracy);
    rates.push(status.pairsPerSecond);
    console.log(
      `${ROWS[row].title}, ${perClass} per digit, seed ${seed}: ${accuracies.at(-1).toFixed(1)} % (${status.backend})`,
    );
  }
  return {
    title: ROWS[row].title,
    perClass,
    accuracies,
    rate: mean(rates),
    reference: ROWS[row].reference[perClass],
  };
}

function printTable(results) {
  console.log(
    '\nrow                             per digit  seeds  accuracy        reference  difference  pairs/s',
  );
  console.log(
    '------------------------------  ---------  -----  --------------  ---------  ----------  -------',
  );
  for (const { title, perClass, accuracies, rate, reference } of results) {
    const accuracy = `${mean(accuracies).toFixed(1)} +- ${deviation(accuracies).toFixed(1)} %`;
    const difference = reference === undefined ? '-' : (mean(accuracies) - reference).toFixed(1);
    const cells = [
      title.padEnd(30),
      String(perClass).padEnd(9),
      String(accuracies.length).padEnd(5),
      accuracy.padEnd(14),
    ];
    console.log(
      [...cells, String(reference ?? '-').padEnd(9), difference.padEnd(10), rate.toFixed(0)].join('  '),
    );
  }
}

await runMain(async () => {
  if (!existsSync(DATA)) {
    console.error(
      'NMNIST-1K needs the recordings in ../shared/data (nmnist, mnist); they are not part of the repository.',
    );
    return 1;
  }
  await bootstrap();
  const base = path.join(ROOT, '.cache/nmnist-1k');
  await mkdir(base, { recursive: true });
  const folder = await mkdtemp(path.join(base, 'runs-'));
  const results = [];
  try {
    const needsTeacher = rows.some((row) => ROWS[row].needsTeacher);
    const teacher = needsTeacher ? await trainTeacher(folder) : undefined;
    const seeds = numbers(options.seeds);
    for (const perClass of perClassCounts) {
      for (const row of rows) {
        results.push(await runRow(row, perClass, { seeds, folder, teacher }));
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  printTable(results);
  return 0;
});
