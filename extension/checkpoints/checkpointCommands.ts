import { access } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { RUN_FILES } from '../../engine/runs/runFolder';
import { percentText } from '../../engine/runs/runText';
import type { CommandLauncher } from '../commandLine/commandLauncher';
import { findConfigurations } from '../configuration/configurationPicker';

const CHECKPOINTS = { Checkpoints: ['safetensors', 'pth', 'tar', 'pt'] };
const SAFETENSORS = { Safetensors: ['safetensors'] };

async function pickCheckpoint(title: string): Promise<string | undefined> {
  const options = { title, openLabel: 'Choose Checkpoint', filters: CHECKPOINTS };
  return (await vscode.window.showOpenDialog(options))?.[0]?.fsPath;
}

/** Whether a run of ours made it: its configuration is inside. */
async function isOfRun(checkpoint: string): Promise<boolean> {
  const runFolder = path.dirname(path.dirname(checkpoint));
  return access(path.join(runFolder, RUN_FILES.configuration)).then(
    () => true,
    () => false,
  );
}

/** The configuration that a checkpoint of another program is evaluated under. */
async function pickConfigurationFor(checkpoint: string): Promise<string | undefined> {
  const files = await findConfigurations();
  const items = files.map((file) => ({ label: vscode.workspace.asRelativePath(file), file: file.fsPath }));
  const options = {
    title: `Evaluate ${path.basename(checkpoint)}`,
    placeHolder: 'Run configuration that names its network and the recordings to test on',
  };
  return (await vscode.window.showQuickPick(items, options))?.file;
}

/** What `evaluate --json` prints. */
export interface CheckpointEvaluation {
  readonly checkpoint: string;
  /** In [0, 1]. */
  readonly accuracy: number;
  readonly loss: number;
  readonly recordings: number;
}

/**
 * Evaluates a checkpoint on its test recordings and tells the result.
 * @param given checkpoint file; asked for where absent. @param configuration for checkpoints of other programs.
 */
export async function evaluateCheckpoint(
  commandLine: CommandLauncher,
  given?: string,
  configuration?: string,
): Promise<CheckpointEvaluation | undefined> {
  const checkpoint = given ?? (await pickCheckpoint('Evaluate Checkpoint'));
  if (!checkpoint) {
    return undefined;
  }
  const isOwn = configuration === undefined && (await isOfRun(checkpoint));
  const chosen = configuration ?? (isOwn ? undefined : await pickConfigurationFor(checkpoint));
  if (!isOwn && chosen === undefined) {
    return undefined;
  }
  const lines = await commandLine.finish(`SpikeBridge: evaluating ${path.basename(checkpoint)}`, {
    arguments: ['evaluate', checkpoint, ...(chosen ? ['--configuration', chosen] : []), '--json'],
    usesGpu: true,
  });
  const evaluation = JSON.parse(lines.at(-1) ?? '') as CheckpointEvaluation;
  const { accuracy, loss, recordings } = evaluation;
  void vscode.window.showInformationMessage(
    `SpikeBridge: ${path.basename(checkpoint)}: accuracy ${percentText(accuracy)}, loss ${loss.toFixed(4)} (${recordings} tested).`,
  );
  return evaluation;
}

/**
 * Writes the weights of a checkpoint as safetensors.
 * @returns the file written; undefined when a question was closed.
 */
export async function convertCheckpoint(
  commandLine: CommandLauncher,
  given?: string,
  target?: string,
): Promise<string | undefined> {
  const source = given ?? (await pickCheckpoint('Convert Checkpoint'));
  if (!source) {
    return undefined;
  }
  const suggested = vscode.Uri.file(
    `${source.replace(/(?:\.pth|\.tar|\.pt|\.safetensors)+$/, '')}-converted.safetensors`,
  );
  const options = { title: 'Convert Checkpoint', defaultUri: suggested, filters: SAFETENSORS };
  const written = target ?? (await vscode.window.showSaveDialog(options))?.fsPath;
  if (!written) {
    return undefined;
  }
  // The dialog has asked already whether a file may be replaced.
  const lines = await commandLine.finish(`SpikeBridge: converting ${path.basename(source)}`, {
    arguments: ['convert', source, written, ...(target === undefined ? ['--force'] : [])],
    usesGpu: false,
  });
  void vscode.window.showInformationMessage(`SpikeBridge: ${lines.join(' ')}.`);
  return written;
}
