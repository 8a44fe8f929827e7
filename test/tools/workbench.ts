import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';
import { ARTIFACTS } from './repository';
import type { Server } from './server';

const START_LIMIT_MS = 90_000;
const LIST_LIMIT_MS = 60_000;

export type ThemeName = 'dark' | 'light';
const THEME_CLASSES: Record<ThemeName, string> = { dark: 'vs-dark', light: 'vs' };

export interface WorkbenchOptions {
  /** Absolute path of the folder to open. */
  readonly folder: string;
  /** Names the log artifacts/logs/<name>-browser.log. */
  readonly name: string;
  /** Runs before the first page loads. */
  readonly prepare?: (context: BrowserContext, page: Page) => Promise<void>;
  /** Default: a new one of 1280 x 800, in the dark. */
  readonly context?: BrowserContext;
}

/** A VS Code window in the browser, driven as a user does: palette, quick open, clicks. */
export class Workbench {
  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
  ) {}

  /** Opens `folder` and waits for the workbench to stand. */
  static async open(browser: Browser, server: Server, options: WorkbenchOptions): Promise<Workbench> {
    const standard = { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' } as const;
    const context = options.context ?? (await browser.newContext(standard));
    const page = await context.newPage();
    logPage(page, path.join(ARTIFACTS, 'logs', `${options.name}-browser.log`));
    await options.prepare?.(context, page);
    const url = new URL(`${server.url}/`);
    url.searchParams.set('folder', options.folder);
    await page.goto(url.href);
    const workbench = new Workbench(page, context);
    await workbench.waitUntilReady();
    return workbench;
  }

  close(): Promise<void> {
    return this.context.close();
  }

  /** Reloads the window by its command, which saves the state first. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('load', { timeout: START_LIMIT_MS });
    await this.runCommand('Developer: Reload Window');
    await loaded;
    await this.waitUntilReady();
  }

  /** Runs the command titled `title` from the palette. */
  runCommand(title: string): Promise<void> {
    return this.chooseFrom('F1', `>${title}`, title);
  }

  /** Opens the file named `name` in an editor. */
  openFile(name: string): Promise<void> {
    return this.chooseFrom('Control+P', name, name);
  }

  /** Opens a file by the Explorer, for where a webview has the focus: it may close a list again. */
  async openFromExplorer(name: string): Promise<void> {
    await this.page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).first().dblclick();
  }

  /** The quick-input box, when one is open. */
  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible input[type="text"]');
  }

  /** Rows of the open quick pick that contain `text`. */
  quickPickRow(text: string | RegExp): Locator {
    return this.page.locator('.quick-input-list:visible .monaco-list-row', { hasText: text });
  }

  /** Notification toasts that contain `text`. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notifications-toasts .notification-toast', { hasText: text });
  }

  /** Items of the status bar that contain `text`. */
  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator('.part.statusbar .statusbar-item', { hasText: text });
  }

  /** Editor tabs whose label contains `text`. */
  tab(text: string | RegExp): Locator {
    return this.page.locator('.tabs-container .tab', { hasText: text });
  }

  /** What the editors show in words, and the webviews there with their state, for the message of a failed test. */
  async editorArea(): Promise<string> {
    const text = await this.page.locator('.part.editor').first().textContent({ timeout: 5000 });
    const frames = await this.page
      .locator('iframe.webview')
      .evaluateAll((all) =>
        all.map((frame) => `${frame.className} ${(frame as HTMLElement).style.visibility}`),
      );
    return `${text?.replace(/\s+/g, ' ').slice(0, 500)}; webviews: ${frames.join(', ') || 'none'}`;
  }

  /** Document of the extension's visible webview: VS Code puts it two frames deep. */
  webview(extensionId: string): FrameLocator {
    return this.page
      .locator(`iframe.webview.ready[src*="extensionId=${extensionId}"]:visible`)
      .first()
      .contentFrame()
      .locator('iframe#active-frame')
      .contentFrame();
  }

  /** Keeps a picture of the window as artifacts/screenshots/<name>.png. */
  async screenshot(name: string): Promise<void> {
    await this.page.screenshot({
      path: path.join(ARTIFACTS, 'screenshots', `${name}.png`),
      animations: 'disabled',
    });
  }

  /** Changes the colour theme, as the operating system's choice does, and waits until the window shows it. */
  async useTheme(theme: ThemeName): Promise<void> {
    await this.page.emulateMedia({ colorScheme: theme });
    await this.page.locator(`.monaco-workbench.${THEME_CLASSES[theme]}`).waitFor({ timeout: 30_000 });
  }

  /** Keeps pictures of the window in the light and in the dark theme; the dark one stays on. */
  async screenshotInThemes(name: string): Promise<void> {
    for (const theme of ['light', 'dark'] as const) {
      await this.useTheme(theme);
      await this.screenshot(`${name}-${theme}`);
    }
  }

  private async waitUntilReady(): Promise<void> {
    await this.page.waitForSelector('.monaco-workbench .part.statusbar', { timeout: START_LIMIT_MS });
    await this.page.waitForFunction(
      () => !document.querySelector('[id="status.host"]')?.textContent?.includes('Opening'),
      null,
      { timeout: START_LIMIT_MS },
    );
  }

  /**
   * A list is filled when it opens, extension commands and keybindings come late, and a webview that takes the focus
   * closes the list: it is opened again until the row shows. Every step has its own short limit, so that one that
   * hangs leaves time for another try.
   */
  private async chooseFrom(key: string, value: string, row: string): Promise<void> {
    const end = Date.now() + LIST_LIMIT_MS;
    for (;;) {
      try {
        await this.page.keyboard.press(key);
        await this.quickInput.waitFor({ timeout: 2000 });
        await this.quickInput.fill(value, { timeout: 2000 });
        await this.quickPickRow(row).first().click({ timeout: 2000 });
        return;
      } catch (error) {
        if (Date.now() > end) {
          throw new Error(`no "${row}" in the list that ${key} opens`, { cause: error });
        }
        await this.page.keyboard.press('Escape');
        // A click on the side bar's title takes the focus out of a webview and does nothing else.
        await this.page
          .locator('.part.sidebar .composite.title')
          .first()
          .click({ timeout: 1000 })
          .catch(() => {});
      }
    }
  }
}

function logPage(page: Page, file: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, '');
  const log = (line: string): void => appendFileSync(file, `${line}\n`);
  page.on('console', (message) => log(`[${message.type()}] ${message.text()}`));
  page.on('pageerror', (error) => log(`[error] ${error.stack ?? error.message}`));
  page.on('requestfailed', (request) => log(`[failed] ${request.url()} ${request.failure()?.errorText}`));
}
