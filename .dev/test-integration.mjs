// Runs test/integration inside the extension host of a headless VS Code server: node .dev/test-integration.mjs.
// Takes the paths of the server and the browser from the environment, as .dev/test.mjs sets it.
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleEach, findTests } from './bundle-tests.mjs';
import { ROOT } from './root.mjs';

/** Bundles the suite; resolves to the folder that holds index.cjs, suite/ and launch.cjs. */
export async function bundleIntegration() {
  const folder = path.join(ROOT, '.cache/tests', `integration-${process.pid}`);
  const files = ['test/integration/index.ts', 'test/integration/launch.ts', 'test/integration/workspace.ts'];
  await bundleEach([...files, ...(await findTests('integration'))], folder);
  return path.join(folder, 'integration');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = await bundleIntegration();
  const { launch } = createRequire(import.meta.url)(path.join(folder, 'launch.cjs'));
  const code = await launch().catch((error) => {
    console.error(error);
    return 1;
  });
  await rm(path.dirname(folder), { recursive: true, force: true });
  process.exit(code);
}
