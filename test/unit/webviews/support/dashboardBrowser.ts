import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { RunSnapshot, RunUpdate } from '../../../../engine/protocol/dashboardProtocol';
import { dashboardHtml } from '../../../../extension/dashboard/dashboardHtml';
import { THEMES, type ThemeName } from './vscodeThemes';

const ROOT = process.env.SPIKEBRIDGE_ROOT ?? process.cwd();
const BUNDLE = path.join(ROOT, '.cache', 'dashboard-test');
const CANDIDATES = [process.env.SPIKEBRIDGE_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'];

/** Path of a Chromium of this machine; undefined when there is none. */
export function findChromium(): string | undefined {
  return CANDIDATES.find((candidate) => candidate !== undefined && existsSync(candidate));
}

/** A message that the dashboard sent to the extension. */
export interface SentMessage {
  readonly method?: string;
  readonly params?: unknown;
}

interface FakeHost {
  snapshot: RunSnapshot;
  state: unknown;
  sent: SentMessage[];
}

/** Runs in the page before its scripts: what VS Code's webview offers, answered by the given snapshot. */
function installFakeHost(options: {
  snapshot: RunSnapshot;
  state: unknown;
  bodyClass: string;
  variables: [string, string][];
}): void {
  const host: FakeHost & { violations: string[] } = {
    snapshot: options.snapshot,
    state: options.state,
    sent: [],
    violations: [],
  };
  document.addEventListener('securitypolicyviolation', (event) => {
    host.violations.push(
      `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`,
    );
  });
  const answer = (message: { id?: string; method?: string }) => {
    if (message.method === 'dashboard/ready') {
      const result = host.snapshot;
      setTimeout(
        () =>
          window.postMessage(
            { id: message.id, sender: { type: 'extension' }, receiver: { type: 'webview' }, result },
            '*',
          ),
        0,
      );
    }
  };
  Object.assign(window, {
    fakeHost: host,
    acquireVsCodeApi: () => ({
      postMessage: (message: { id?: string; method?: string }) => {
        host.sent.push(message);
        answer(message);
      },
      getState: () => host.state,
      setState: (state: unknown) => {
        host.state = state;
      },
    }),
  });
  document.addEventListener('DOMContentLoaded', () => {
    document.body.className = options.bodyClass;
    for (const [name, value] of options.variables) {
      document.documentElement.style.setProperty(`--vscode-${name}`, value);
    }
  });
}

/** One open dashboard page and what one can do to it. */
export class DashboardPage {
  readonly errors: string[] = [];

  constructor(readonly page: Page) {
    page.on('pageerror', (error) => this.errors.push(error.message));
  }

  /** Sends an update as the extension would. */
  update(update: RunUpdate): Promise<void> {
    return this.page.evaluate((params) => {
      window.postMessage(
        {
          sender: { type: 'extension' },
          receiver: { type: 'webview' },
          method: 'dashboard/runUpdated',
          params,
        },
        '*',
      );
    }, update);
  }

  #host<T>(read: (host: FakeHost & { violations: string[] }) => T): Promise<T> {
    return this.page.evaluate(`(${read.toString()})(window.fakeHost)`) as Promise<T>;
  }

  sent(): Promise<SentMessage[]> {
    return this.#host((host) => host.sent);
  }

  savedState(): Promise<unknown> {
    return this.#host((host) => host.state);
  }

  violations(): Promise<string[]> {
    return this.#host((host) => host.violations);
  }

  /** Resolves when a plot shows curves or cells. */
  async drawn(plot: string): Promise<void> {
    await this.page.locator(`#plot-${plot} .main-svg`).first().waitFor({ state: 'attached' });
  }

  async setTheme(theme: ThemeName): Promise<void> {
    const { bodyClass, variables } = THEMES[theme];
    await this.page.evaluate(
      ([className, entries]) => {
        document.body.className = className;
        for (const [name, value] of entries) {
          document.documentElement.style.setProperty(`--vscode-${name}`, value);
        }
      },
      [bodyClass, Object.entries(variables)] as const,
    );
  }

  async screenshot(name: string, fullPage = true): Promise<void> {
    const folder = path.join(ROOT, 'artifacts', 'dashboard');
    await mkdir(folder, { recursive: true });
    await this.page.screenshot({ path: path.join(folder, `${name}.png`), fullPage });
  }
}

export interface OpenOptions {
  readonly snapshot: RunSnapshot;
  readonly theme?: ThemeName;
  readonly state?: unknown;
  readonly width?: number;
  readonly height?: number;
  readonly reducedMotion?: 'reduce' | 'no-preference';
}

/** The real dashboard bundle in a Chromium, under the extension's own page and content security policy. */
export class DashboardBrowser {
  private constructor(
    private readonly browser: Browser,
    private readonly server: Server,
  ) {}

  static async start(executablePath: string): Promise<DashboardBrowser> {
    await build({
      entryPoints: [path.join(ROOT, 'webviews/dashboard/main.ts')],
      outfile: path.join(BUNDLE, 'dashboard.js'),
      bundle: true,
      platform: 'browser',
      target: 'es2022',
      format: 'iife',
      define: { 'process.env.NODE_ENV': '"production"' },
      logLevel: 'warning',
    });
    const server = createServer((request, response) => void answer(request.url ?? '/', response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    return new DashboardBrowser(browser, server);
  }

  async open({
    snapshot,
    theme = 'dark',
    state,
    width = 1400,
    height = 900,
    reducedMotion,
  }: OpenOptions): Promise<DashboardPage> {
    const page = await this.browser.newPage({
      viewport: { width, height },
      ...(reducedMotion && { reducedMotion }),
    });
    const opened = new DashboardPage(page);
    const { bodyClass, variables } = THEMES[theme];
    await page.addInitScript(installFakeHost, {
      snapshot,
      state,
      bodyClass,
      variables: Object.entries(variables),
    });
    await page.goto(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`);
    return opened;
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

async function answer(url: string, response: import('node:http').ServerResponse): Promise<void> {
  const origin = "'self'";
  if (url === '/') {
    const nonce = randomBytes(16).toString('base64url');
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(
      dashboardHtml({ nonce, cspSource: origin, scriptUri: '/dashboard.js', styleUri: '/dashboard.css' }),
    );
    return;
  }
  const file = path.join(BUNDLE, path.basename(url));
  response.setHeader('content-type', url.endsWith('.css') ? 'text/css' : 'text/javascript');
  response.end(await readFile(file).catch(() => ''));
}
