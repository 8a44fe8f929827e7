// npm run demo: a fresh clone to a trained network. Installs, builds and hands over to the command line's demo.
import path from 'node:path';
import { bootstrap, ROOT, runMain } from './bootstrap.mjs';
import { runCommand } from './process.mjs';

await runMain(async () => {
  await bootstrap();
  const cli = path.join(ROOT, 'dist/cli.js');
  return runCommand(process.execPath, [cli, 'demo', ...process.argv.slice(2)], { stdio: 'inherit' });
});
