// Makes spikebridge-<target>-<version>.vsix and prints its size: node .dev/package.mjs [--target TARGET]. Works without
// internet. A target is a platform of VS Code (this machine's by default): its file carries Dawn, the WebGPU of Node, for
// that platform. The target "universal" carries nothing native: it runs everywhere, without the GPU.
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bootstrap, runMain } from './bootstrap.mjs';
import { ROOT } from './root.mjs';

const UNIVERSAL = 'universal';
/** Folders of the npm package webgpu by target. */
const DAWN_FOLDERS = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-x64': 'darwin-universal',
  'darwin-arm64': 'darwin-universal',
  'win32-x64': 'win32-x64',
  'win32-arm64': 'win32-arm64',
};
const PACKAGE = path.join(ROOT, 'node_modules/webgpu');
/** The bundles in dist/ find their packages here. */
const BESIDE = path.join(ROOT, 'dist/node_modules');

const here = () => {
  const platform = `${process.platform}-${process.arch}`;
  return platform in DAWN_FOLDERS ? platform : UNIVERSAL;
};

/** Puts the package webgpu with the binaries of one platform beside the bundles; whether there was anything to put. */
async function putDawn(target) {
  const binaries = path.join('dist', DAWN_FOLDERS[target] ?? '');
  if (target === UNIVERSAL || !existsSync(path.join(PACKAGE, binaries))) {
    return false;
  }
  const folder = path.join(BESIDE, 'webgpu');
  await mkdir(folder, { recursive: true });
  for (const item of ['package.json', 'index.js', 'LICENSE.md', binaries]) {
    await cp(path.join(PACKAGE, item), path.join(folder, item), { recursive: true });
  }
  return true;
}

/** Packages dist/ as it is, for a target; resolves to the .vsix file's path. */
export async function packageExtension(target = here()) {
  if (target !== UNIVERSAL && !(target in DAWN_FOLDERS)) {
    throw new Error(
      `unknown target "${target}"; targets are ${Object.keys(DAWN_FOLDERS).join(', ')}, ${UNIVERSAL}`,
    );
  }
  const { version } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
  const vsix = path.join(ROOT, `spikebridge-${target}-${version}.vsix`);
  const { createVSIX } = await import('@vscode/vsce');
  await rm(BESIDE, { recursive: true, force: true });
  const hasDawn = await putDawn(target);
  try {
    await createVSIX({
      cwd: ROOT,
      packagePath: vsix,
      dependencies: false,
      allowMissingRepository: true,
      rewriteRelativeLinks: false,
      ...(target !== UNIVERSAL && { target }),
    });
  } finally {
    await rm(BESIDE, { recursive: true, force: true });
  }
  const { size } = await stat(vsix);
  const gpu = hasDawn ? 'with WebGPU' : 'without WebGPU';
  console.log(`${path.relative(ROOT, vsix)}: ${(size / 2 ** 20).toFixed(2)} MiB, ${gpu}`);
  return vsix;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(async () => {
    const { target } = parseArgs({ options: { target: { type: 'string' } } }).values;
    await bootstrap();
    await packageExtension(target);
  });
}
