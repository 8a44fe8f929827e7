// Bundles the tests of one suite and runs them with mocha in this process:
// node .dev/test-unit.mjs [substring of the test files' paths] [--suite unit|golden|e2e] [--shard 1/2]
//   [--grep TEXT] [--result FILE]
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bundleTogether, findTests } from './bundle-tests.mjs';
import { ROOT } from './root.mjs';

/** Runs mocha over a file of bundled tests; resolves to its statistics. */
async function runMocha(file, { grep, timeout }) {
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({
    timeout,
    grep,
    forbidOnly: Boolean(process.env.CI),
    color: process.stdout.isTTY,
  });
  mocha.addFile(file);
  await mocha.loadFilesAsync();
  return new Promise((resolve) => {
    const runner = mocha.run(() => resolve(runner.stats));
  });
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    suite: { type: 'string', default: 'unit' },
    grep: { type: 'string' },
    shard: { type: 'string', default: '1/1' },
    result: { type: 'string' },
  },
});
process.chdir(ROOT);
process.setSourceMapsEnabled(true);
const [shard, shards] = values.shard.split('/').map(Number);
const files = (await findTests(values.suite, positionals[0])).filter(
  (_, index) => index % shards === shard - 1,
);
const outFolder = path.join(ROOT, '.cache/tests', `${values.suite}-${process.pid}`);
const bundle = path.join(outFolder, 'tests.cjs');
await bundleTogether(files, bundle);
const stats = await runMocha(bundle, {
  grep: values.grep,
  timeout: values.suite === 'unit' ? 60_000 : 240_000,
});
await rm(outFolder, { recursive: true, force: true });
const counts = { passed: stats.passes, failed: stats.failures, skipped: stats.pending };
if (values.result) {
  await writeFile(values.result, JSON.stringify(counts));
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed > 0 || stats.tests === 0 ? 1 : 0);
