import { parseArgs } from 'node:util';
import { fuzz } from './fuzzer';
import { SEED_FILES } from './seedFiles';

/** The child process of `npm run fuzz:events`: prints one JSON line per step, so that its parent sees where it is. */

const STEP = 500;
const MOST_MEMORY = 1.5 * 2 ** 30;

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    format: { type: 'string', default: '' },
    from: { type: 'string', default: '0' },
  },
});

function report(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function main(): Promise<void> {
  const seed = Number(values.seed);
  const first = Number(values.from);
  const last = first + Number(values.inputs);
  for (const file of SEED_FILES.filter(({ name }) => name.includes(values.format))) {
    const counts = { opened: 0, refused: 0 };
    for (let from = first; from < last; from += STEP) {
      report({ file: file.name, from });
      const step = await fuzz(file, { seed, from, to: Math.min(last, from + STEP) });
      counts.opened += step.opened;
      counts.refused += step.refused;
      if (process.memoryUsage.rss() > MOST_MEMORY) {
        throw new Error(`${file.name}: seed ${seed}, inputs ${from} to ${from + STEP}: memory grows`);
      }
    }
    report({ file: file.name, done: true, ...counts, memory: process.memoryUsage.rss() });
  }
}

main().catch((error: Error) => {
  report({ failure: error.message, stack: error.stack });
  process.exitCode = 1;
});
