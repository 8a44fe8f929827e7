import path from 'node:path';
import * as vscode from 'vscode';
import { SpikeBridgeError } from '../../engine/errors';
import type { ErrorPresenter } from '../errors/errorPresenter';
import { DisposableStore } from '../lifecycle/disposableStore';
import { readStatusFile } from '../runs/effectiveStatus';
import { DASHBOARD_VIEW_TYPE, DashboardPanel } from './dashboardPanel';

function runFolderOfState(state: unknown): string | undefined {
  const folder = (state as { runFolder?: unknown } | undefined)?.runFolder;
  return typeof folder === 'string' ? folder : undefined;
}

/** The open dashboards, one per run folder; they come back after a window reload. */
export class Dashboards implements vscode.WebviewPanelSerializer {
  readonly #panels = new Map<string, DashboardPanel>();
  readonly #store = new DisposableStore();

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly errors: ErrorPresenter,
  ) {
    this.#store.add(vscode.window.registerWebviewPanelSerializer(DASHBOARD_VIEW_TYPE, this));
  }

  /**
   * Shows the dashboard of a run folder.
   * @throws SpikeBridgeError (run-folder) when the folder holds no run.
   */
  async open(runFolder: string): Promise<void> {
    const open = this.#panels.get(runFolder);
    if (open) {
      open.panel.reveal();
      return;
    }
    if (!(await readStatusFile(runFolder))) {
      throw new SpikeBridgeError(
        'run-folder',
        'This folder holds no run.',
        'Choose a folder that holds status.json and metrics.jsonl.',
        { file: runFolder },
      );
    }
    const panel = vscode.window.createWebviewPanel(
      DASHBOARD_VIEW_TYPE,
      path.basename(runFolder),
      vscode.ViewColumn.Active,
      {},
    );
    this.#adopt(panel, runFolder);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const runFolder = runFolderOfState(state);
    if (runFolder) {
      this.#adopt(panel, runFolder);
    } else {
      panel.dispose();
    }
  }

  #adopt(panel: vscode.WebviewPanel, runFolder: string): void {
    this.#panels.set(runFolder, new DashboardPanel(panel, runFolder, this.context, this.errors));
    panel.onDidDispose(() => this.#panels.delete(runFolder));
  }

  /** Leaves the panels open: VS Code brings them back after a window reload. */
  dispose(): void {
    this.#store.dispose();
  }
}
