import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { launchBrowser } from './browser';
import { createProfile, type Profile, removeProfile } from './profile';
import { installExtension, type Server, startServer } from './server';
import { Workbench, type WorkbenchOptions } from './workbench';

export const EXTENSION_ID = 'spikebridge.spikebridge';

export interface SessionOptions {
  /** User settings beside those of {@link createProfile}. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** VS Code asks whether a workspace is trusted; otherwise every one is. */
  readonly workspaceTrust?: boolean;
  /** Default: one of its own, which it closes. */
  readonly browser?: Browser;
}

/** A VS Code server with the packaged extension installed, and a browser: what an end-to-end test works in. */
export class Session {
  private readonly workbenches: Workbench[] = [];

  private constructor(
    readonly name: string,
    readonly profile: Profile,
    private readonly server: Server,
    private readonly browser: Browser,
  ) {}

  /** Installs the .vsix that SPIKEBRIDGE_TEST_VSIX names into a fresh profile and starts everything. */
  static async start(name: string, options: SessionOptions = {}): Promise<Session> {
    const vsix = process.env.SPIKEBRIDGE_TEST_VSIX;
    if (!vsix) {
      throw new Error('SPIKEBRIDGE_TEST_VSIX is not set: run these tests through npm test');
    }
    const { settings, workspaceTrust } = options;
    const profile = await createProfile(settings);
    await installExtension(profile, vsix);
    const server = await startServer(profile, name, { workspaceTrust });
    return new Session(name, profile, server, options.browser ?? (await launchBrowser()));
  }

  /** Makes a folder to open, with these files (paths relative to it). */
  async createWorkspace(name: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
    const folder = path.join(this.profile.folder, 'workspaces', name);
    await mkdir(folder, { recursive: true });
    for (const [file, text] of Object.entries(files)) {
      await writeFile(path.join(folder, file), text);
    }
    return folder;
  }

  /** @param prepare runs before the first page loads. @param context default: a new one. */
  async openWorkbench(
    folder: string,
    prepare?: WorkbenchOptions['prepare'],
    context?: BrowserContext,
  ): Promise<Workbench> {
    const options = { folder, name: this.name, ...(prepare && { prepare }), ...(context && { context }) };
    const workbench = await Workbench.open(this.browser, this.server, options);
    this.workbenches.push(workbench);
    return workbench;
  }

  /** Keeps a picture of every open window when `test` has failed. */
  async recordFailure(test: Mocha.Test | undefined): Promise<void> {
    if (test?.state !== 'failed') {
      return;
    }
    const name = test.title.replace(/[^A-Za-z0-9]+/g, '-');
    for (const [index, workbench] of this.workbenches.entries()) {
      await workbench.screenshot(`failed-${this.name}-${index + 1}-${name}`);
    }
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    await removeProfile(this.profile);
  }
}
