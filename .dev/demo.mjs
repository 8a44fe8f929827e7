// npm run demo: a fresh clone to a trained network. Installs, builds and hands over to the command line's demo.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { bootstrap, runMain } from './bootstrap.mjs';
import { ROOT } from './root.mjs';

await runMain(async () => {
  await bootstrap();
  const cli = path.join(ROOT, 'dist/cli.js');
  // In the terminal's foreground group, so that Ctrl-C reaches the engine, which then leaves a complete run folder.
  const { status } = spawnSync(process.execPath, [cli, 'demo', ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  return status ?? 1;
});
