import * as vscode from 'vscode';
import type { RunStatus } from '../../engine/runs/runStatus';
import { progressText, rateText } from '../../engine/runs/runText';
import { DisposableStore } from '../lifecycle/disposableStore';
import type { RunManager } from '../runs/runManager';

/** Shows the newest live run in the status bar; a click opens its dashboard. */
export class RunStatusBar {
  readonly #store = new DisposableStore();
  readonly #item: vscode.StatusBarItem;

  constructor(private readonly runs: RunManager) {
    this.#item = this.#store.add(
      vscode.window.createStatusBarItem('spikebridge.run', vscode.StatusBarAlignment.Left, 10),
    );
    this.#item.name = 'SpikeBridge Run';
    for (const event of [runs.onDidStart, runs.onDidChange, runs.onDidEnd]) {
      this.#store.add(event(() => this.#refresh()));
    }
  }

  #refresh(): void {
    const run = this.runs.live.at(-1);
    if (!run) {
      this.#item.hide();
      return;
    }
    const others = this.runs.live.length - 1;
    this.#item.text = `$(pulse) ${run.status.name}: ${progressText(run.status)}${others > 0 ? ` (+${others})` : ''}`;
    this.#item.tooltip = this.#tooltip(run.status);
    this.#item.accessibilityInformation = {
      label: `SpikeBridge run ${progressText(run.status)}`,
      role: 'button',
    };
    this.#item.command = {
      command: 'spikebridge.openDashboard',
      title: 'Open Dashboard',
      arguments: [run.runFolder],
    };
    this.#item.show();
  }

  #tooltip(status: RunStatus): string {
    const speed = status.pairsPerSecond ? `, ${rateText(status.pairsPerSecond)}` : '';
    return `SpikeBridge: ${status.name} (${status.method}, ${status.backend || 'preparing'}${speed})\nClick to open the dashboard`;
  }

  dispose(): void {
    this.#store.dispose();
  }
}
