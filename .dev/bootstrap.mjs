// Makes a fresh clone runnable: node .dev/bootstrap.mjs [--no-build]. Uses nothing but Node, so that it works before
// npm has installed anything. Does nothing but build when node_modules already matches package-lock.json.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { mustRun } from './process.mjs';
import { ROOT } from './root.mjs';

const OLDEST_NODE = 20;

function checkNode() {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    throw new Error(
      `SpikeBridge needs Node ${OLDEST_NODE} or newer; this is Node ${process.versions.node}. ` +
        'Install a newer one (Debian: apt-get install nodejs, or your version manager) and run the command again.',
    );
  }
}

function lockedPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
}

/** Whether node_modules holds every package of package-lock.json in the locked version (optional ones aside). */
export function isInstalled(root = ROOT) {
  const wanted = lockedPackages(path.join(root, 'package-lock.json'));
  const present = lockedPackages(path.join(root, 'node_modules/.package-lock.json'));
  if (!wanted || !present) {
    return false;
  }
  return Object.entries(wanted).every(
    ([folder, { version, optional, devOptional }]) =>
      folder === '' || optional || devOptional || present[folder]?.version === version,
  );
}

async function install() {
  if (isInstalled()) {
    return;
  }
  console.log('Installing the packages of package-lock.json (npm ci) …');
  await mustRun(
    'npm',
    ['ci', '--include=dev', '--no-audit', '--no-fund'],
    'Check the network and the npm registry setting (npm config get registry), then run the command again.',
    { cwd: ROOT, shell: process.platform === 'win32' },
  );
}

/** Checks Node, installs the packages if needed, and builds dist/ unless `build` is false. */
export async function bootstrap({ build = true } = {}) {
  checkNode();
  await install();
  if (build) {
    console.log('Building dist/ …');
    const script = await import(pathToFileURL(path.join(ROOT, '.dev/build.mjs')).href);
    await script.build();
  }
}

/** Runs a script's main function; a failure is one message and exit code 1, not a stack trace. */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    console.error(process.env.DEBUG ? error : `Error: ${error.message}`);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(() => bootstrap({ build: !process.argv.includes('--no-build') }));
}
