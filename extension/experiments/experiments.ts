import * as vscode from 'vscode';
import { experimentFile } from '../../engine/experiments/experimentFolder';
import type { CommandLauncher } from '../commandLine/commandLauncher';
import { CommandProcess } from '../commandLine/commandProcess';
import type { ErrorPresenter } from '../errors/errorPresenter';
import { isProcessAlive } from '../runs/processAlive';
import type { RunManager } from '../runs/runManager';
import type { RunRegistry } from '../runs/runRegistry';
import { endText } from './experimentProgress';
import type { ExperimentRegistry } from './experimentRegistry';
import { argumentsOf, type ExperimentRequest } from './experimentRequest';
import { LiveExperiment } from './liveExperiment';

/** What experiments work with. */
export interface ExperimentParts {
  readonly commandLine: CommandLauncher;
  readonly errors: ErrorPresenter;
  readonly registry: ExperimentRegistry;
  readonly runRegistry: RunRegistry;
  readonly runs: RunManager;
}

/** Opens the table of an experiment: rendered where VS Code can, else as text. */
export async function showTable(folder: string): Promise<void> {
  const table = vscode.Uri.file(experimentFile(folder, 'tableText'));
  const commands = await vscode.commands.getCommands(true);
  await vscode.commands.executeCommand(
    commands.includes('markdown.showPreview') ? 'markdown.showPreview' : 'vscode.open',
    table,
  );
}

/** Starts and follows the experiments of this window, and finds those that outlived a reload. */
export class Experiments {
  readonly #live = new Map<number, LiveExperiment>();
  readonly #runFolders = new Set<string>();

  constructor(private readonly parts: ExperimentParts) {}

  /** Whether a run belongs to an experiment of this window, which tells of its end itself. */
  owns(runFolder: string): boolean {
    return this.#runFolders.has(runFolder);
  }

  /**
   * Starts an experiment in a process of its own.
   * @returns its folder, as soon as the first run is about to begin.
   * @throws SpikeBridgeError as reported before that.
   */
  async start(request: ExperimentRequest): Promise<string> {
    const { commandLine, registry } = this.parts;
    const given = { arguments: argumentsOf(request), usesGpu: true, folder: request.folder };
    const { command, files } = await commandLine.start(given);
    const experiment = this.#follow(command);
    try {
      const folder = await experiment.begun;
      await registry.remember({ processId: command.processId, files });
      this.#show(experiment, command.processId);
      return folder;
    } catch (error) {
      this.#release(command.processId);
      throw error;
    }
  }

  /** Follows every experiment of this workspace whose process still lives. */
  async reattach(): Promise<void> {
    const { registry } = this.parts;
    for (const { processId, files } of registry.all()) {
      if (await isProcessAlive(processId)) {
        this.#show(this.#follow(CommandProcess.attach(processId, files)), processId);
      } else {
        await registry.forget(processId);
      }
    }
  }

  #follow(command: CommandProcess): LiveExperiment {
    const experiment = new LiveExperiment(command);
    this.#live.set(command.processId, experiment);
    experiment.onRunBegan((runFolder) => void this.#followRun(runFolder));
    return experiment;
  }

  /** Lets the status bar, the dashboard and the list of runs know a run. */
  async #followRun(runFolder: string): Promise<void> {
    const { runRegistry, runs } = this.parts;
    this.#runFolders.add(runFolder);
    await runRegistry.remember(runFolder);
    await runs.attach(runFolder);
  }

  /** Progress with a cancel button until the end, then the table. */
  #show(experiment: LiveExperiment, processId: number): void {
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: 'SpikeBridge experiment',
      cancellable: true,
    };
    void vscode.window.withProgress(options, async (progress, token) => {
      let shown = 0;
      const report = () => {
        const percent = experiment.progress.share * 100;
        const message = experiment.isStopping
          ? 'finishing iterations and writing checkpoints…'
          : experiment.progress.text;
        progress.report({ message, increment: Math.max(0, percent - shown) });
        shown = Math.max(shown, percent);
      };
      report();
      const changes = experiment.onDidChange(report);
      const cancellation = token.onCancellationRequested(() => void experiment.stop());
      await experiment.ended;
      changes.dispose();
      cancellation.dispose();
    });
    void experiment.ended.then(({ error }) => this.#tellEnd(experiment, processId, error));
  }

  async #tellEnd(experiment: LiveExperiment, processId: number, error?: Error): Promise<void> {
    const { errors, registry } = this.parts;
    const { outcome } = experiment.progress;
    this.#release(processId);
    await registry.forget(processId);
    if (!outcome) {
      await errors.show(error);
      return;
    }
    await showTable(outcome.folder);
    const tell = outcome.failures.length > 0 ? 'showErrorMessage' : 'showInformationMessage';
    const chosen = await vscode.window[tell](`SpikeBridge: ${endText(outcome)}`, 'Show Table');
    if (chosen) {
      await showTable(outcome.folder);
    }
  }

  #release(processId: number): void {
    this.#live.get(processId)?.dispose();
    this.#live.delete(processId);
  }

  /** Lets go of all experiments; they go on. */
  dispose(): void {
    for (const experiment of this.#live.values()) {
      experiment.dispose();
    }
    this.#live.clear();
  }
}
