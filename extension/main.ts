import * as vscode from 'vscode';
import { CommandLauncher } from './commandLine/commandLauncher';
import { ReportDocuments } from './commandLine/reportDocuments';
import { registerCommands } from './commands';
import { ConfigurationDiagnostics } from './configuration/configurationDiagnostics';
import { Dashboards } from './dashboard/dashboards';
import { EngineLauncher } from './engine/engineLauncher';
import { ErrorPresenter } from './errors/errorPresenter';
import { ExperimentRegistry } from './experiments/experimentRegistry';
import { Experiments } from './experiments/experiments';
import { DisposableStore } from './lifecycle/disposableStore';
import { RecordingEditors } from './recordings/recordingEditors';
import { RunManager } from './runs/runManager';
import { showEnd, showProgress } from './runs/runNotifications';
import { RunRegistry } from './runs/runRegistry';
import { RunStatusBar } from './statusBar/runStatusBar';

function publishLiveRuns(runs: RunManager): void {
  void vscode.commands.executeCommand('setContext', 'spikebridge.runLive', runs.live.length > 0);
}

/** Called by VS Code once, when one of the extension's commands, configurations or dashboards is used. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const store = new DisposableStore();
  context.subscriptions.push(store);
  const log = store.add(vscode.window.createOutputChannel('SpikeBridge', { log: true }));
  const errors = new ErrorPresenter(log);
  const launcher = new EngineLauncher(context, log);
  const registry = new RunRegistry(context.workspaceState);
  const runs = store.add(new RunManager(registry, () => launcher.startForTraining()));
  const diagnostics = store.add(new ConfigurationDiagnostics());
  const dashboards = store.add(new Dashboards(context, errors));
  const recordings = store.add(new RecordingEditors(context, log));
  const commandLine = new CommandLauncher(context, launcher, log);
  const reports = store.add(new ReportDocuments());
  const experimentRegistry = new ExperimentRegistry(context.workspaceState);
  const experiments = store.add(
    new Experiments({ commandLine, errors, registry: experimentRegistry, runRegistry: registry, runs }),
  );
  store.add(new RunStatusBar(runs));
  store.add(runs.onDidStart(() => publishLiveRuns(runs)));
  store.add(
    runs.onDidEnd(({ run, status }) => {
      publishLiveRuns(runs);
      if (!experiments.owns(run.runFolder)) {
        void showEnd(run, status, errors);
      }
    }),
  );
  const services = { commandLine, dashboards, diagnostics, errors, experiments, launcher, log };
  store.add(registerCommands({ ...services, recordings, registry, reports, runs }));
  await experiments.reattach();
  for (const run of await runs.reattach()) {
    showProgress(run);
  }
}

/** Everything is owned by the context's subscriptions; live runs train on. */
export function deactivate(): void {}
