import { randomBytes } from 'node:crypto';
import path from 'node:path';
import * as vscode from 'vscode';
import { Messenger } from 'vscode-messenger';
import { SpikeBridgeError } from '../../engine/errors';
import {
  dashboardReady,
  type RunSnapshot,
  type RunUpdate,
  runAction,
  runUpdated,
} from '../../engine/protocol/dashboardProtocol';
import { type ExportParameters, exportFile } from '../../engine/protocol/exportProtocol';
import { runFile } from '../../engine/runs/runFolder';
import { openAt } from '../configuration/openAt';
import type { ErrorPresenter } from '../errors/errorPresenter';
import { DisposableStore } from '../lifecycle/disposableStore';
import { RunFolderReader } from '../runs/runFolderReader';
import { dashboardHtml } from './dashboardHtml';

export const DASHBOARD_VIEW_TYPE = 'spikebridge.dashboard';

function noRun(runFolder: string): SpikeBridgeError {
  return new SpikeBridgeError(
    'run-folder',
    'This folder is not a run folder, or its status cannot be read.',
    'Choose a folder that holds status.json and metrics.jsonl.',
    { file: runFolder },
  );
}

async function saveExport(runFolder: string, file: ExportParameters): Promise<string | null> {
  const target = await vscode.window.showSaveDialog({
    title: 'Export',
    defaultUri: vscode.Uri.file(path.join(runFolder, file.fileName)),
  });
  if (!target) {
    return null;
  }
  await vscode.workspace.fs.writeFile(target, Buffer.from(file.content, file.encoding));
  return target.fsPath;
}

/** One dashboard webview and the reader of its run folder. */
export class DashboardPanel {
  readonly #store = new DisposableStore();
  readonly #reader: RunFolderReader;

  constructor(
    readonly panel: vscode.WebviewPanel,
    readonly runFolder: string,
    private readonly context: vscode.ExtensionContext,
    private readonly errors: ErrorPresenter,
  ) {
    this.#reader = this.#store.add(new RunFolderReader(runFolder));
    panel.webview.options = { enableScripts: true, localResourceRoots: [this.#resource()] };
    panel.iconPath = vscode.Uri.joinPath(context.extensionUri, 'media', 'icon.svg');
    this.#connect(new Messenger());
    panel.webview.html = this.#html();
    panel.onDidDispose(() => this.#store.dispose());
  }

  #resource(...segments: string[]): vscode.Uri {
    return vscode.Uri.joinPath(this.context.extensionUri, 'dist', 'webviews', ...segments);
  }

  #connect(messenger: Messenger): void {
    const webview = messenger.registerWebviewPanel(this.panel);
    this.#store.add(messenger.onRequest(dashboardReady, () => this.#snapshot()));
    this.#store.add(messenger.onRequest(exportFile, (file) => saveExport(this.runFolder, file)));
    this.#store.add(
      messenger.onNotification(runAction, (action) =>
        this.#act(action).catch((error) => this.errors.show(error, { runFolder: this.runFolder })),
      ),
    );
    this.#reader.onDidUpdate((update: RunUpdate) => {
      this.panel.title = update.status.name;
      // A hidden webview has no page; when it is shown again it asks for everything.
      if (this.panel.visible) {
        messenger.sendNotification(runUpdated, webview, update);
      }
    });
  }

  async #snapshot(): Promise<RunSnapshot> {
    const snapshot = await this.#reader.snapshot();
    this.#reader.watch();
    if (!snapshot) {
      throw noRun(this.runFolder);
    }
    return snapshot;
  }

  async #act(action: 'stop' | 'resume' | 'openFolder' | 'openConfiguration'): Promise<void> {
    const actions: Record<typeof action, () => Thenable<unknown>> = {
      stop: () => vscode.commands.executeCommand('spikebridge.stopRun', this.runFolder),
      resume: () => vscode.commands.executeCommand('spikebridge.resumeRun', this.runFolder),
      openFolder: () => vscode.commands.executeCommand('spikebridge.revealRunFolder', this.runFolder),
      openConfiguration: () => openAt(runFile(this.runFolder, 'configuration')),
    };
    await actions[action]();
  }

  #html(): string {
    const { webview } = this.panel;
    return dashboardHtml({
      nonce: randomBytes(16).toString('base64url'),
      cspSource: webview.cspSource,
      scriptUri: webview.asWebviewUri(this.#resource('dashboard.js')).toString(),
      styleUri: webview.asWebviewUri(this.#resource('dashboard.css')).toString(),
    });
  }
}
