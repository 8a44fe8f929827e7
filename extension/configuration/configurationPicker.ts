import path from 'node:path';
import * as vscode from 'vscode';
import { SpikeBridgeError } from '../../engine/errors';
import type { MethodName } from '../../engine/methods/methodPreset';
import { CONFIGURATION_SUFFIX } from '../../engine/training/configuration';
import { CONFIGURATION_TEMPLATES, configurationText } from './configurationTemplates';

const MAX_FOUND = 200;
const EXCLUDED = '**/{node_modules,.git,runs}/**';

type Choice = vscode.QuickPickItem & { readonly file?: vscode.Uri; readonly method?: MethodName };

/** The run configurations of the workspace, by path. */
export async function findConfigurations(): Promise<vscode.Uri[]> {
  const found = await vscode.workspace.findFiles(`**/*${CONFIGURATION_SUFFIX}`, EXCLUDED, MAX_FOUND);
  return found.sort((one, other) => one.fsPath.localeCompare(other.fsPath));
}

function choicesOf(files: readonly vscode.Uri[]): Choice[] {
  const existing = files.map((file) => ({
    label: `$(play) ${path.basename(file.fsPath, CONFIGURATION_SUFFIX)}`,
    description: vscode.workspace.asRelativePath(file),
    file,
  }));
  const templates = CONFIGURATION_TEMPLATES.map(({ method, label, detail }) => ({
    label: `$(add) ${label}`,
    detail,
    method,
  }));
  const heading = (label: string) => ({ label, kind: vscode.QuickPickItemKind.Separator });
  return [
    ...(existing.length > 0 ? [heading('Start')] : []),
    ...existing,
    heading('Create a configuration'),
    ...templates,
  ];
}

/** Writes a new configuration where the user says and opens it; it is not started, its folders come first. */
async function createConfiguration(method: MethodName): Promise<void> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const name = `${method}${CONFIGURATION_SUFFIX}`;
  const target = await vscode.window.showSaveDialog({
    title: 'Create Run Configuration',
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder.uri, name) }),
    filters: { 'SpikeBridge run configuration': [CONFIGURATION_SUFFIX.slice(1), 'jsonc'] },
  });
  if (!target) {
    return;
  }
  const file = target.fsPath.endsWith(CONFIGURATION_SUFFIX)
    ? target
    : target.with({ path: `${target.path.replace(/\.jsonc?$/, '')}${CONFIGURATION_SUFFIX}` });
  await vscode.workspace.fs.writeFile(file, Buffer.from(configurationText(method)));
  await vscode.window.showTextDocument(file);
  void vscode.window.showInformationMessage(
    'Set the data folders in the new configuration, then press the run button above the editor.',
  );
}

/**
 * Lets the user pick a run configuration, or create one.
 * @returns undefined when nothing is to be started.
 * @throws SpikeBridgeError (usage) when no folder is open.
 */
export async function pickConfiguration(): Promise<vscode.Uri | undefined> {
  if (!vscode.workspace.workspaceFolders?.length) {
    throw new SpikeBridgeError(
      'usage',
      'No folder is open, so there are no run configurations to choose from.',
      'Open a folder, or choose "SpikeBridge: Create Sample Data".',
    );
  }
  const choice = await vscode.window.showQuickPick(choicesOf(await findConfigurations()), {
    title: 'Start Transfer Run',
    placeHolder: 'Pick a run configuration, or create one',
    matchOnDescription: true,
  });
  if (choice?.method) {
    await createConfiguration(choice.method);
  }
  return choice?.file;
}
