import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../tools/browser';
import { createProfile, removeProfile } from '../tools/profile';
import { ARTIFACTS, REPOSITORY } from '../tools/repository';
import { type Server, startServer } from '../tools/server';
import { sideload } from '../tools/sideload';
import { Workbench } from '../tools/workbench';
import { LINE_MARK } from './lineReporter';
import { writeWorkspace } from './workspace';

const RUN_LIMIT_MS = 300_000;

/** A test run in VS Code, as seen from the page that shows it. */
interface TestRun {
  /** Resolves to the exit code that VS Code reports. */
  readonly exitCode: Promise<number>;
}

/**
 * Provides the two functions that VS Code expects of its embedder: one for every line that the extension host
 * prints, one for the exit code at the end.
 */
async function watchTestRun(page: Page): Promise<TestRun> {
  let finish: (code: number) => void = () => undefined;
  const exitCode = new Promise<number>((resolve, reject) => {
    finish = resolve;
    setTimeout(() => reject(new Error(`no end after ${RUN_LIMIT_MS / 1000} s`)), RUN_LIMIT_MS).unref();
  });
  await page.exposeFunction('codeAutomationExit', (code: number) => finish(code));
  const log = createWriteStream(path.join(ARTIFACTS, 'logs', 'integration-host.log'));
  await page.exposeFunction('codeAutomationLog', (_type: string, values: unknown[]) => {
    const text = format(...values);
    log.write(`${text}\n`);
    if (text.startsWith(LINE_MARK)) {
      console.log(text.slice(LINE_MARK.length));
    }
  });
  return { exitCode };
}

async function runInWorkbench(server: Server, folder: string): Promise<number> {
  const browser = await launchBrowser();
  try {
    const testRun: { current?: TestRun } = {};
    const workbench = await Workbench.open(browser, server, {
      folder,
      name: 'integration',
      prepare: async (context, page) => {
        testRun.current = await watchTestRun(page);
        await sideload(context, { extension: REPOSITORY, tests: path.join(__dirname, 'index.cjs') });
      },
    });
    const code = await testRun.current?.exitCode;
    await workbench.screenshot('integration');
    return code ?? 1;
  } finally {
    await browser.close();
  }
}

/** Runs the integration suite in the extension host of a fresh VS Code server; resolves to the exit code. */
export async function launch(): Promise<number> {
  mkdirSync(path.join(ARTIFACTS, 'logs'), { recursive: true });
  const profile = await createProfile();
  const workspace = path.join(profile.folder, 'workspace');
  await writeWorkspace(workspace);
  const server = await startServer(profile, 'integration');
  try {
    return await runInWorkbench(server, workspace);
  } finally {
    await server.stop();
    await removeProfile(profile);
  }
}
