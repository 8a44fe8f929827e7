// Installs other programs that read event recordings, for the tests that compare with them:
// node .dev/peer-readers.mjs. They go into a Python environment of their own in .cache/peer-readers; the tests are
// skipped where it is missing, and nothing else needs it.
import path from 'node:path';
import { runMain } from './bootstrap.mjs';
import { mustRun, runCommand } from './process.mjs';
import { ROOT } from './root.mjs';

const ENVIRONMENT = path.join(ROOT, '.cache/peer-readers');
const IS_WINDOWS = process.platform === 'win32';
const PYTHON = path.join(ENVIRONMENT, IS_WINDOWS ? 'Scripts/python.exe' : 'bin/python');
const PACKAGES = ['numpy', 'dv-processing', 'aedat', 'expelliarmus', 'faery', 'tonic', 'h5py'];

await runMain(async () => {
  const system = IS_WINDOWS ? 'python' : 'python3';
  await mustRun(system, ['-m', 'venv', ENVIRONMENT], 'Install Python 3.9 or newer with its venv module.');
  const missing = [];
  for (const name of PACKAGES) {
    const code = await runCommand(PYTHON, ['-m', 'pip', 'install', '--quiet', name]);
    if (code !== 0) {
      missing.push(name);
    }
  }
  console.log(`installed: ${PACKAGES.filter((name) => !missing.includes(name)).join(', ')}`);
  if (missing.length > 0) {
    console.log(`not to be had here, their tests are skipped: ${missing.join(', ')}`);
  }
});
