import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { BROWSER_FLAGS, chromiumPath } from '../../tools/browser';

const START_LIMIT_MS = 30_000;

/** Where the browser can be driven from, as it says when it has started. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const address = /DevTools listening on (ws:\S+)/.exec(output)?.[1];
      if (address) {
        resolve(address);
      }
    });
    child.once('exit', (code) => reject(new Error(`the browser ended with code ${code}: ${output}`)));
    setTimeout(() => reject(new Error(`the browser did not start: ${output}`)), START_LIMIT_MS).unref();
  });
}

/**
 * A browser that goes on without Playwright. What is measured must run on its own: Playwright makes the browser copy
 * every message of a page's WebSockets to it, as base64, which costs more than playing does. Its owner stops it.
 */
export class DetachedBrowser {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly address: string,
    readonly browser: Browser,
  ) {}

  static async start(): Promise<DetachedBrowser> {
    const folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-browser-'));
    const flags = ['--headless', '--window-size=1280,800', '--remote-debugging-port=0'];
    const child = spawn(
      chromiumPath(),
      [...flags, ...BROWSER_FLAGS, `--user-data-dir=${folder}`, 'about:blank'],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const address = await addressOf(child);
    return new DetachedBrowser(child, folder, address, await chromium.connectOverCDP(address));
  }

  /** The context whose pages stay when Playwright goes. */
  get context(): BrowserContext {
    return this.browser.contexts()[0]!;
  }

  /** Lets the pages run alone for so many ms; resolves to the page that `isWanted`. */
  async runAlone(milliseconds: number, isWanted: (page: Page) => boolean): Promise<Page> {
    await this.browser.close();
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    const again = await chromium.connectOverCDP(this.address);
    const page = again
      .contexts()
      .flatMap((context) => context.pages())
      .find(isWanted);
    if (!page) {
      throw new Error('the page was closed while it ran alone');
    }
    return page;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await ended;
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
