import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type Mocha from 'mocha';
import { reportLines } from './lineReporter';

/**
 * What VS Code calls in the extension host (its `extensionTestsPath`): runs every bundled suite beside this file.
 * Resolves when all tests passed and rejects otherwise; the counts go to the file SPIKEBRIDGE_TEST_RESULT names.
 */
export async function run(): Promise<void> {
  // mocha 12 is an ES module, and only import() loads it in every Node of an extension host.
  const { default: MochaClass } = await import('mocha');
  const mocha = new MochaClass({
    timeout: 60_000,
    grep: process.env.SPIKEBRIDGE_TEST_GREP,
    reporter: MochaClass.reporters.Base,
  });
  const folder = path.join(__dirname, 'suite');
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.test.cjs'))) {
    mocha.addFile(path.join(folder, file));
  }
  const { stats } = await runToEnd(mocha);
  const counts = { passed: stats?.passes ?? 0, failed: stats?.failures ?? 0, skipped: stats?.pending ?? 0 };
  if (process.env.SPIKEBRIDGE_TEST_RESULT) {
    writeFileSync(process.env.SPIKEBRIDGE_TEST_RESULT, JSON.stringify(counts));
  }
  if (counts.failed > 0) {
    throw new Error(`${counts.failed} integration tests failed`);
  }
}

function runToEnd(mocha: Mocha): Promise<Mocha.Runner> {
  return new Promise((resolve) => {
    const runner: Mocha.Runner = mocha.run(() => resolve(runner));
    reportLines(runner);
  });
}
