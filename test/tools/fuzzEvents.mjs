// npm run fuzz:events -- [--inputs 100000] [--seed 1] [--format TEXT] [--from 0]: reads mutated recordings of every
// format in a child process; a child that stays at one place is a hang. A failure names seed and input: repeat it with
// --from INPUT --inputs 1.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { bootstrap, runMain } from '../../.dev/bootstrap.mjs';
import { bundleTogether } from '../../.dev/bundle-tests.mjs';
import { ROOT } from '../../.dev/root.mjs';

/** 500 inputs take a second or two. */
const HANG_SECONDS = 120;

async function watch(child) {
  let place = {};
  let timer;
  const hang = () => {
    console.error(`hang: no progress for ${HANG_SECONDS} s behind ${JSON.stringify(place)}`);
    child.kill('SIGKILL');
  };
  const failures = [];
  for await (const line of createInterface({ input: child.stdout })) {
    clearTimeout(timer);
    timer = setTimeout(hang, HANG_SECONDS * 1000);
    place = JSON.parse(line);
    if (place.done) {
      const memory = (place.memory / 2 ** 20).toFixed(0);
      console.log(`${place.file.padEnd(32)} ${place.opened} opened, ${place.refused} refused, ${memory} MB`);
    }
    if (place.failure) {
      failures.push(place.failure);
      console.error(place.stack);
    }
  }
  clearTimeout(timer);
  return failures;
}

await runMain(async () => {
  await bootstrap();
  const bundle = path.join(ROOT, '.cache/fuzz', `fuzz-${process.pid}.cjs`);
  await bundleTogether(['test/unit/events/fuzz/longRun.ts'], bundle);
  const child = spawn(process.execPath, ['--max-old-space-size=1024', bundle, ...process.argv.slice(2)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
  await watch(child);
  return exit;
});
