// npm run bench:events: million events per second of each format, one thread, from a file in the page cache, beside
// expelliarmus (C) where pip has it; then how a recording of 1 GB opens.
// node test/bench/events/bench.mjs [--events 20000000] [--rounds 3] [--formats evt2,evt3] [--no-large] [--clock wall|cpu]
// On a machine with other work, --clock cpu counts processor time instead.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { bootstrap, runMain } from '../../../.dev/bootstrap.mjs';
import { embedWasm } from '../../../.dev/embed-wasm.mjs';
import { ROOT } from '../../../.dev/root.mjs';

const run = promisify(execFile);
const RECORDINGS = path.resolve(ROOT, '../shared/data/recordings');
const CACHE = path.join(ROOT, '.cache/bench-events');
const VENV = path.join(CACHE, 'venv');
const SUFFIXES = {
  evt2: '.raw',
  evt21: '.raw',
  evt3: '.raw',
  dat: '.dat',
  atis: '.bin',
  es: '.es',
  aedat4: '.aedat4',
  npy: '.npy',
  hdf5: '.h5',
  csv: '.csv',
};
/** Formats that expelliarmus reads, by its names. */
const ENCODINGS = { evt2: 'evt2', evt3: 'evt3', dat: 'dat' };
const FORMATS = [
  ...['evt2', 'evt21', 'evt3', 'dat', 'atis', 'es', 'aedat2-dvs128', 'aedat2-davis', 'aedat3'],
  ...['aedat4', 'npy', 'hdf5', 'csv'],
];
const GIGABYTE = 2 ** 30;

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '20000000' },
    rounds: { type: 'string', default: '3' },
    formats: { type: 'string', default: FORMATS.join(',') },
    clock: { type: 'string', default: 'wall' },
    large: { type: 'boolean', default: true },
  },
  allowNegative: true,
});

async function bundleOurs() {
  const { build } = await import('esbuild');
  const outfile = path.join(CACHE, 'measure.cjs');
  await build({
    entryPoints: [path.join(ROOT, 'test/bench/events/measure.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    minify: true,
    plugins: [embedWasm],
    logLevel: 'error',
  });
  return outfile;
}

/** The Python that has expelliarmus, or why there is none. */
async function expelliarmus() {
  const python = path.join(VENV, 'bin/python');
  const has = () =>
    run(python, ['-c', 'import expelliarmus']).then(
      () => true,
      () => false,
    );
  if (!(await has())) {
    try {
      await run('python3', ['-m', 'venv', VENV]);
      await run(python, ['-m', 'pip', 'install', '--quiet', 'expelliarmus'], { timeout: 180_000 });
    } catch (error) {
      console.log(`expelliarmus is left out: ${String(error.message).split('\n')[0]}`);
      return undefined;
    }
  }
  return (await has()) ? python : undefined;
}

const lastLine = ({ stdout }) => JSON.parse(stdout.trim().split('\n').at(-1));
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const rate = (pass) => pass.events / pass[options.clock] / 1e6;

async function measureFormat(format, { ours, python, folder }) {
  const file = path.join(folder, `${format}${SUFFIXES[format] ?? '.aedat'}`);
  const made = lastLine(
    await run(process.execPath, [ours, 'tile', file, RECORDINGS, format, options.events, '0']),
  );
  const rounds = { fresh: [], reused: [], whole: [], chunks: [] };
  for (let round = 0; round < Number(options.rounds); round++) {
    const result = lastLine(await run(process.execPath, [ours, 'read', file]));
    if (result.events !== made.events) {
      throw new Error(`${format}: ${result.events} events read, ${made.events} written`);
    }
    rounds.fresh.push(rate(result.whole));
    rounds.reused.push(rate(result.chunks));
    if (python && ENCODINGS[format]) {
      const theirs = await run(python, [
        path.join(ROOT, 'test/bench/events/expelliarmus_read.py'),
        ENCODINGS[format],
        file,
      ]).then(lastLine);
      rounds.whole.push(rate(theirs.whole));
      rounds.chunks.push(rate(theirs.chunks));
    }
  }
  await rm(file);
  printRow(format, made, rounds);
}

/** Whole file against whole file, arrays that are filled again against chunks; a dash where there is no other reader. */
function printRow(format, made, { fresh, reused, whole, chunks }) {
  const cell = (values, digits = 0) => (values.length > 0 ? median(values).toFixed(digits) : '–').padStart(8);
  const ratio = (ours, theirs) => cell(theirs.length > 0 ? [median(ours) / median(theirs)] : [], 2);
  const cells = [
    format.padEnd(14),
    `${(made.events / 1e6).toFixed(1)} M`.padStart(8),
    `${(made.bytes / 2 ** 20).toFixed(0)} MB`.padStart(8),
    ...[fresh, whole].map((values) => cell(values)),
    ratio(fresh, whole),
    ...[reused, chunks].map((values) => cell(values)),
    ratio(reused, chunks),
  ];
  console.log(cells.join(' '));
}

async function measureLarge({ ours, folder }) {
  for (const format of ['evt3', 'dat']) {
    const file = path.join(folder, `large${SUFFIXES[format]}`);
    const made = lastLine(
      await run(process.execPath, [ours, 'tile', file, RECORDINGS, format, '0', String(GIGABYTE)]),
    );
    console.log(
      `\n${format}, ${(made.bytes / 2 ** 30).toFixed(2)} GB, ${(made.events / 1e6).toFixed(0)} M events:`,
    );
    const steps = [
      ['first picture without an index', 'first-picture', []],
      ['building the index', 'index', [folder]],
      ['picture from the middle with the index', 'indexed-picture', [folder]],
    ];
    for (const [title, command, rest] of steps) {
      const result = lastLine(await run(process.execPath, [ours, command, file, ...rest]));
      console.log(
        `  ${title.padEnd(40)} ${result.seconds.toFixed(2)} s, ${result.events} events, process memory ${result.peakMegabytes.toFixed(0)} MB`,
      );
    }
    await rm(file);
  }
}

await runMain(async () => {
  if (!existsSync(RECORDINGS)) {
    console.log(`skipped: the recordings to tile are missing (${path.relative(ROOT, RECORDINGS)})`);
    return 0;
  }
  await bootstrap();
  await mkdir(CACHE, { recursive: true });
  const context = {
    ours: await bundleOurs(),
    python: await expelliarmus(),
    folder: await mkdtemp(path.join(tmpdir(), 'spikebridge-bench-')),
  };
  try {
    console.log(
      `${cpus()[0].model}, Node ${process.version}, one thread; million events per second (${options.clock} clock), median of ${options.rounds}`,
    );
    console.log(
      'whole = all events in new arrays (expelliarmus: read); chunks = 65,536 at a time (ours: arrays are filled again)',
    );
    console.log('format           events     size    whole  expell.    ratio   chunks  expell.    ratio');
    for (const format of options.formats.split(',')) {
      await measureFormat(format, context);
    }
    if (options.large) {
      await measureLarge(context);
    }
  } finally {
    await rm(context.folder, { recursive: true, force: true });
  }
  return 0;
});
