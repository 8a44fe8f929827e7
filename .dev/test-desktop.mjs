// Runs test/integration in a desktop VS Code that @vscode/test-electron downloads: for machines with internet access
// and a desktop. node .dev/test-desktop.mjs
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bootstrap, runMain } from './bootstrap.mjs';
import { mustRun } from './process.mjs';
import { ROOT } from './root.mjs';

const RUNNER = '@vscode/test-electron';
const RUNNER_VERSION = '2.5.2';

/** The runner is not in package.json, because most machines that test this repository cannot use it. */
async function loadRunner() {
  const folder = path.join(ROOT, '.cache/desktop');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), '{"private":true}');
  await mustRun(
    'npm',
    ['install', '--no-audit', '--no-fund', '--loglevel=error', `${RUNNER}@${RUNNER_VERSION}`],
    `${RUNNER} could not be installed: this command needs internet access.`,
    { cwd: folder, shell: process.platform === 'win32' },
  );
  return createRequire(path.join(folder, 'package.json'))(RUNNER);
}

await runMain(async () => {
  await bootstrap();
  const { bundleIntegration } = await import('./test-integration.mjs');
  const folder = await bundleIntegration();
  const { runTests } = await loadRunner();
  const workspace = await mkdtemp(path.join(tmpdir(), 'spikebridge-desktop-'));
  const { writeWorkspace } = createRequire(import.meta.url)(path.join(folder, 'workspace.cjs'));
  await writeWorkspace(workspace);
  return runTests({
    extensionDevelopmentPath: ROOT,
    extensionTestsPath: path.join(folder, 'index.cjs'),
    launchArgs: [workspace, '--disable-extensions', '--disable-workspace-trust'],
  }).catch((error) => {
    throw new Error(`${error.message}. (This downloads VS Code: it needs internet access and a desktop.)`);
  });
});
