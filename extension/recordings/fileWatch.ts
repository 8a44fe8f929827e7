import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';

/** What has become of a file: `same` as when it was looked at first. */
export type FileChange =
  | { readonly kind: 'same' }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'changed'; readonly bytes: number; readonly bytesBefore: number };

/** Programs that write a recording do so many times a second. */
const QUIET_MS = 300;

interface Identity {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ino: number;
}

async function identityOf(file: string): Promise<Identity | undefined> {
  return stat(file).then(
    ({ size, mtimeMs, ino }) => ({ size, mtimeMs, ino }),
    () => undefined,
  );
}

/** Tells when a file on disk is no longer what it was, and when it is again; its owner disposes it. */
export class FileWatch {
  readonly #watcher: vscode.FileSystemWatcher;
  readonly #known: Promise<Identity | undefined>;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  /** @param file absolute path. */
  constructor(
    private readonly file: string,
    private readonly onChange: (change: FileChange) => void,
  ) {
    this.#known = identityOf(file);
    // The name may hold characters that mean something in a pattern.
    const folder = vscode.Uri.file(path.dirname(file));
    this.#watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, '*'));
    const look = (uri: vscode.Uri) => this.#onEvent(uri);
    this.#watcher.onDidChange(look);
    this.#watcher.onDidCreate(look);
    this.#watcher.onDidDelete(look);
  }

  #onEvent(uri: vscode.Uri): void {
    if (uri.fsPath === this.file) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#look(), QUIET_MS);
    }
  }

  async #look(): Promise<void> {
    const [before, now] = [await this.#known, await identityOf(this.file)];
    if (this.#isOver || !before) {
      return;
    }
    if (!now) {
      this.onChange({ kind: 'deleted' });
    } else if (now.size === before.size && now.mtimeMs === before.mtimeMs && now.ino === before.ino) {
      this.onChange({ kind: 'same' });
    } else {
      this.onChange({ kind: 'changed', bytes: now.size, bytesBefore: before.size });
    }
  }

  dispose(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#watcher.dispose();
  }
}
