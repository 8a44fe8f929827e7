import { randomBytes } from 'node:crypto';
import path from 'node:path';
import * as vscode from 'vscode';
import { Messenger } from 'vscode-messenger';
import type { CancellationToken, NotificationType } from 'vscode-messenger-common';
import { type ErrorReport, reportOf } from '../../engine/errors';
import { requireOtherFile } from '../../engine/events/writers/newFile';
import type { ExportAnswer, Query } from '../../engine/protocol/recordingProtocol';
import {
  type ExportRange,
  exportRange,
  indexAdvanced,
  readAgain,
  recordingNotice,
  recordingOptions,
  recordingQuery,
  recordingReady,
  recordingReopened,
  reopenWith,
  type SaveParameters,
  saveFile,
  showFragment,
  type ViewCommand,
  viewCommand,
  viewShown,
} from '../../engine/protocol/recordingViewProtocol';
import { DisposableStore } from '../lifecycle/disposableStore';
import { withOwnBuffers } from './ownBuffers';
import type { RecordingDocument } from './recordingDocument';
import { recordingHtml } from './recordingHtml';

/** The messenger's token as VS Code's; its owner disposes it. */
function cancellationOf(token: CancellationToken): vscode.CancellationTokenSource {
  const source = new vscode.CancellationTokenSource();
  token.onCancellationRequested(() => source.cancel());
  return source;
}

/** What happened and what to do next, as sentences. */
function sentences({ message, nextStep }: ErrorReport): string {
  const first = message.charAt(0).toUpperCase() + message.slice(1);
  return `${first.replace(/[.\s]*$/, '.')} ${nextStep}`;
}

/** What is written by `write`; whoever withdraws it needs no message, everything else is told in full. */
async function written(write: () => Promise<string | null>): Promise<string | null> {
  try {
    return await write();
  } catch (error) {
    const report = reportOf(error);
    if (report.category === 'cancelled') {
      return null;
    }
    const { file } = report.place ?? {};
    throw new Error(`${file ? `${path.basename(file)} was not written: ` : ''}${sentences(report)}`);
  }
}

async function showText(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  const document = await vscode.workspace.openTextDocument({ language: 'jsonc', content: text });
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside });
  vscode.window.setStatusBarMessage('SpikeBridge: copied to the clipboard', 5000);
}

/** One webview that shows a recording. */
export class RecordingPanel {
  readonly #store = new DisposableStore();
  readonly #messenger = new Messenger();
  readonly #webview: ReturnType<Messenger['registerWebviewPanel']>;

  constructor(
    readonly panel: vscode.WebviewPanel,
    private readonly document: RecordingDocument,
    private readonly extensionUri: vscode.Uri,
  ) {
    panel.webview.options = { enableScripts: true, localResourceRoots: [this.#resource()] };
    this.#webview = this.#messenger.registerWebviewPanel(panel);
    this.#listen();
    panel.webview.html = this.#html();
    panel.onDidDispose(() => this.#store.dispose());
  }

  /** Hands a command of the palette to the page. */
  run(command: ViewCommand): void {
    this.#messenger.sendNotification(viewCommand, this.#webview, command);
  }

  #listen(): void {
    const { document } = this;
    const messenger = this.#messenger;
    this.#store.add(messenger.onRequest(recordingReady, () => document.open()));
    this.#store.add(messenger.onNotification(recordingOptions, (options) => document.reopen(options)));
    this.#store.add(messenger.onNotification(readAgain, () => document.readAgain()));
    this.#store.add(messenger.onRequest(recordingQuery, (query, _, token) => this.#ask(query, token)));
    this.#store.add(
      messenger.onNotification(viewShown, (view) => {
        document.view = view;
      }),
    );
    this.#store.add(messenger.onRequest(saveFile, (file) => written(() => this.#save(file))));
    this.#store.add(messenger.onRequest(exportRange, (range) => written(() => this.#export(range))));
    this.#store.add(messenger.onNotification(showFragment, ({ text }) => showText(text)));
    this.#store.add(
      messenger.onNotification(reopenWith, async () => {
        await vscode.commands.executeCommand('workbench.action.reopenWithEditor');
      }),
    );
    this.#store.add(document.onIndex((progress) => this.#send(indexAdvanced, progress)));
    this.#store.add(document.onNotice((notice) => this.#send(recordingNotice, notice ?? null)));
    this.#store.add(document.onReopened((opened) => this.#send(recordingReopened, opened)));
  }

  /** A hidden webview has no page; when it is shown again it asks for everything. */
  #send<P>(type: NotificationType<P>, parameters: P): void {
    if (this.panel.visible) {
      this.#messenger.sendNotification(type, this.#webview, parameters);
    }
  }

  async #ask(query: Query, token: CancellationToken): Promise<unknown> {
    const source = cancellationOf(token);
    try {
      return withOwnBuffers(await this.document.ask(query, source.token));
    } catch (error) {
      // Only the message of an error reaches the page.
      throw new Error(sentences(reportOf(error)));
    } finally {
      source.dispose();
    }
  }

  #beside(fileName: string): vscode.Uri {
    return vscode.Uri.file(path.join(path.dirname(this.document.uri.fsPath), fileName));
  }

  async #save({ fileName, content, encoding }: SaveParameters): Promise<string | null> {
    const target = await vscode.window.showSaveDialog({
      title: 'Export',
      defaultUri: this.#beside(fileName),
    });
    if (!target) {
      return null;
    }
    await requireOtherFile(this.document.uri.fsPath, target.fsPath);
    await vscode.workspace.fs.writeFile(target, Buffer.from(content, encoding));
    void this.#tell(target);
    return target.fsPath;
  }

  async #export({ suggestedName, format, query }: ExportRange): Promise<string | null> {
    const target = await vscode.window.showSaveDialog({
      title: `Export: ${format.title}`,
      defaultUri: this.#beside(suggestedName),
      filters: { [format.title]: [format.suffix.slice(1)] },
    });
    if (!target) {
      return null;
    }
    await requireOtherFile(this.document.uri.fsPath, target.fsPath);
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: `SpikeBridge: writing ${path.basename(target.fsPath)}`,
      cancellable: true,
    };
    const answer = await vscode.window.withProgress(options, (_, token) => {
      const parameters = { ...query, format: format.name, target: target.fsPath };
      return this.document.ask({ name: 'export', parameters }, token) as Promise<ExportAnswer>;
    });
    void this.#tell(target, answer.note);
    return target.fsPath;
  }

  async #tell(target: vscode.Uri, note = ''): Promise<void> {
    const name = path.basename(target.fsPath);
    const text = `SpikeBridge: ${name} is written. ${note}`.trim();
    const chosen = await vscode.window.showInformationMessage(text, 'Open');
    if (chosen) {
      await vscode.commands.executeCommand('vscode.open', target);
    }
  }

  #resource(...segments: string[]): vscode.Uri {
    return vscode.Uri.joinPath(this.extensionUri, 'dist', 'webviews', ...segments);
  }

  #html(): string {
    const { webview } = this.panel;
    return recordingHtml({
      nonce: randomBytes(16).toString('base64url'),
      cspSource: webview.cspSource,
      scriptUri: webview.asWebviewUri(this.#resource('recording.js')).toString(),
      styleUri: webview.asWebviewUri(this.#resource('recording.css')).toString(),
    });
  }
}
