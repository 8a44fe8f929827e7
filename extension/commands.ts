import * as vscode from 'vscode';
import { BACKEND_CHOICES } from '../engine/backends/choice';
import { SpikeBridgeError } from '../engine/errors';
import type { StartRunParameters } from '../engine/protocol/engineProtocol';
import { convertCheckpoint, evaluateCheckpoint } from './checkpoints/checkpointCommands';
import type { CommandLauncher } from './commandLine/commandLauncher';
import type { ReportDocuments } from './commandLine/reportDocuments';
import type { ConfigurationDiagnostics } from './configuration/configurationDiagnostics';
import { pickConfiguration } from './configuration/configurationPicker';
import type { Dashboards } from './dashboard/dashboards';
import { checkDataSet } from './datasets/checkDataSet';
import { showDoctor } from './engine/doctor';
import type { EngineLauncher } from './engine/engineLauncher';
import type { ErrorContext } from './errors/errorActions';
import type { ErrorPresenter } from './errors/errorPresenter';
import { pickRequest } from './experiments/experimentPicker';
import type { ExperimentRequest } from './experiments/experimentRequest';
import type { Experiments } from './experiments/experiments';
import type { RecordingEditors } from './recordings/recordingEditors';
import { isLive, isResumable } from './runs/effectiveStatus';
import type { RunManager } from './runs/runManager';
import { showProgress } from './runs/runNotifications';
import { pickRun } from './runs/runPicker';
import type { RunRegistry } from './runs/runRegistry';
import { createSampleData } from './sample/sampleData';

/** What the commands work with. */
export interface CommandServices {
  readonly commandLine: CommandLauncher;
  readonly dashboards: Dashboards;
  readonly diagnostics: ConfigurationDiagnostics;
  readonly errors: ErrorPresenter;
  readonly experiments: Experiments;
  readonly launcher: EngineLauncher;
  readonly log: vscode.LogOutputChannel;
  readonly recordings: RecordingEditors;
  readonly registry: RunRegistry;
  readonly reports: ReportDocuments;
  readonly runs: RunManager;
}

/** Commands may be given a file or folder by a menu, a button or another command. */
type Target = string | vscode.Uri | undefined;

/** What a command does; `detail` is given by other commands and tests. */
type CommandHandler = (target: Target, detail: unknown) => Promise<unknown>;

/** A text given by another command; a menu gives the list of selected files instead. */
function textOf(detail: unknown): string | undefined {
  return typeof detail === 'string' ? detail : undefined;
}

function pathOf(target: Target): string | undefined {
  return target instanceof vscode.Uri ? target.fsPath : target;
}

function requireTrust(): void {
  if (!vscode.workspace.isTrusted) {
    throw new SpikeBridgeError(
      'usage',
      'Training runs programs and reads the files that a configuration names, so it needs a trusted workspace.',
      'Trust this workspace; dashboards can be opened without.',
    );
  }
}

function chosenBackend(): Pick<StartRunParameters, 'backend'> {
  const setting = vscode.workspace.getConfiguration('spikebridge').get<string>('backend');
  const backend = BACKEND_CHOICES.find((choice) => choice === setting);
  return backend ? { backend } : {};
}

/** Starts or resumes a run and shows it; returns its run folder. */
async function launch(services: CommandServices, parameters: StartRunParameters): Promise<string> {
  const options = { location: vscode.ProgressLocation.Window, title: 'SpikeBridge: starting the engine' };
  const run = await vscode.window.withProgress(options, () => services.runs.start(parameters));
  showProgress(run);
  await services.dashboards.open(run.runFolder);
  return run.runFolder;
}

async function startRun(services: CommandServices, target: Target): Promise<string | undefined> {
  requireTrust();
  const given = pathOf(target);
  const uri = given ? vscode.Uri.file(given) : await pickConfiguration();
  if (!uri) {
    return undefined;
  }
  await services.diagnostics.validate(uri);
  return launch(services, { configurationFile: uri.fsPath, ...chosenBackend() });
}

async function resumeRun(services: CommandServices, target: Target): Promise<string | undefined> {
  requireTrust();
  const resumeFolder = pathOf(target) ?? (await pickRun(services.registry, 'Resume Run', isResumable));
  return resumeFolder && launch(services, { resumeFolder });
}

async function stopRun(services: CommandServices, target: Target): Promise<string | undefined> {
  const runFolder =
    pathOf(target) ??
    (await pickRun(services.registry, 'Stop Run', isLive, 'No run is going on in this workspace.'));
  if (!runFolder) {
    return undefined;
  }
  const run = await services.runs.attach(runFolder);
  if (!run) {
    throw new SpikeBridgeError('run-folder', 'No process works on this run.', 'There is nothing to stop.', {
      file: runFolder,
    });
  }
  await run.stop();
  return runFolder;
}

async function openDashboard(services: CommandServices, target: Target): Promise<string | undefined> {
  const runFolder = pathOf(target) ?? (await pickRun(services.registry, 'Open Dashboard', () => true));
  if (runFolder) {
    await services.dashboards.open(runFolder);
  }
  return runFolder;
}

/** Runs an experiment. @param given what is not asked for; its data folder may come as the target. */
async function runExperiment(
  services: CommandServices,
  target: Target,
  given?: Omit<ExperimentRequest, 'data'>,
): Promise<string | undefined> {
  requireTrust();
  const data = pathOf(target);
  const request = given && data !== undefined ? { ...given, data } : await pickRequest(data);
  if (!request) {
    return undefined;
  }
  const options = { location: vscode.ProgressLocation.Window, title: 'SpikeBridge: starting the experiment' };
  return vscode.window.withProgress(options, () =>
    services.experiments.start({ ...chosenBackend(), ...request }),
  );
}

async function revealRunFolder(target: Target): Promise<void> {
  const folder = pathOf(target);
  if (!folder) {
    return;
  }
  const uri = vscode.Uri.file(folder);
  const inWorkspace = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  await vscode.commands.executeCommand(inWorkspace ? 'revealInExplorer' : 'revealFileInOS', uri);
}

function contextOf(command: string, target: Target): ErrorContext {
  const untrusted = !vscode.workspace.isTrusted && command !== 'spikebridge.openDashboard';
  const configurationFile = command === 'spikebridge.startRun' ? pathOf(target) : undefined;
  return { untrusted, ...(configurationFile && { configurationFile }) };
}

/** Registers every command; a failure is shown once and the command then returns undefined. */
export function registerCommands(services: CommandServices): vscode.Disposable {
  const { commandLine, reports } = services;
  const commands: Record<string, CommandHandler> = {
    'spikebridge.startRun': (target) => startRun(services, target),
    'spikebridge.stopRun': (target) => stopRun(services, target),
    'spikebridge.resumeRun': (target) => resumeRun(services, target),
    'spikebridge.openDashboard': (target) => openDashboard(services, target),
    'spikebridge.createSample': async (target) => {
      requireTrust();
      const folder = pathOf(target);
      return createSampleData(services.launcher, folder ? vscode.Uri.file(folder) : undefined);
    },
    'spikebridge.runExperiment': (target, choice) =>
      runExperiment(services, target, choice as Omit<ExperimentRequest, 'data'> | undefined),
    'spikebridge.evaluateCheckpoint': async (target, configuration) => {
      requireTrust();
      return evaluateCheckpoint(commandLine, pathOf(target), textOf(configuration));
    },
    'spikebridge.convertCheckpoint': async (target, written) => {
      requireTrust();
      return convertCheckpoint(commandLine, pathOf(target), textOf(written));
    },
    'spikebridge.checkDataSet': async (target) => {
      requireTrust();
      return checkDataSet(commandLine, reports, pathOf(target));
    },
    'spikebridge.doctor': async () => {
      requireTrust();
      return showDoctor(services.launcher, services.log);
    },
    'spikebridge.openRecording': async (target) =>
      services.recordings.open(typeof target === 'string' ? vscode.Uri.file(target) : target),
    'spikebridge.exportRecordingPicture': async () => services.recordings.run('exportPicture'),
    'spikebridge.exportRecording': async () => services.recordings.run('exportRange'),
    'spikebridge.copyRecordingConfiguration': async () => services.recordings.run('copyConfiguration'),
    'spikebridge.showLog': async () => services.log.show(),
    'spikebridge.revealRunFolder': revealRunFolder,
  };
  const registrations = Object.entries(commands).map(([command, perform]) =>
    vscode.commands.registerCommand(command, async (target: Target, detail: unknown) => {
      try {
        return await perform(target, detail);
      } catch (error) {
        // Not awaited: the command must not hang until somebody closes the message.
        void services.errors.show(error, contextOf(command, target));
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...registrations);
}
