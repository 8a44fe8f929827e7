// Makes spikebridge-<version>.vsix and prints its size: node .dev/package.mjs. Works without internet.
// One file serves every platform: nothing in it is native (kernels are WebAssembly).
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootstrap, ROOT, runMain } from './bootstrap.mjs';

/** Packages dist/ as it is; resolves to the .vsix file's path. */
export async function packageExtension() {
  const { version } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
  const vsix = path.join(ROOT, `spikebridge-${version}.vsix`);
  const { createVSIX } = await import('@vscode/vsce');
  await createVSIX({
    cwd: ROOT,
    packagePath: vsix,
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  const { size } = await stat(vsix);
  console.log(`${path.relative(ROOT, vsix)}: ${(size / 2 ** 20).toFixed(2)} MiB, for every platform`);
  return vsix;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(async () => {
    await bootstrap();
    await packageExtension();
  });
}
