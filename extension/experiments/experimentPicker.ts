import * as vscode from 'vscode';
import { EXPERIMENTS } from '../../engine/experiments/catalogue';
import type { Experiment, ExperimentRow } from '../../engine/experiments/experiment';
import { type ExperimentRequest, parseSeeds } from './experimentRequest';

const TITLE = 'Run Experiment';
const TRIALS = [
  { label: 'All of it', description: 'as published', shrink: 1 },
  { label: 'Trial, a tenth', description: 'length, batch and recordings scaled by 0.1', shrink: 0.1 },
  { label: 'Trial, a hundredth', description: 'scaled by 0.01: whether everything works', shrink: 0.01 },
];

async function pickExperiment(): Promise<Experiment | undefined> {
  const items = EXPERIMENTS.map((experiment) => ({
    label: experiment.title,
    description: `${experiment.name}, ${experiment.rows.length} rows${experiment.origin === 'ours' ? ' (ours)' : ''}`,
    detail: experiment.description,
    experiment,
  }));
  const options = { title: TITLE, placeHolder: 'Which experiment', matchOnDescription: true };
  return (await vscode.window.showQuickPick(items, options))?.experiment;
}

async function pickFolder(title: string, openLabel: string): Promise<string | undefined> {
  const options = { title, openLabel, canSelectFiles: false, canSelectFolders: true };
  return (await vscode.window.showOpenDialog(options))?.[0]?.fsPath;
}

function publishedText({ published }: ExperimentRow): string {
  return published ? `published ${published.percent} %` : '';
}

async function pickRows({ rows }: Experiment): Promise<readonly string[] | undefined> {
  const items = rows.map((row) => ({
    label: row.label,
    description: [row.id, publishedText(row)].filter((text) => text !== '').join(', '),
    picked: true,
    id: row.id,
  }));
  const options = { title: TITLE, placeHolder: 'Rows of the table', canPickMany: true as const };
  const picked = await vscode.window.showQuickPick(items, options);
  return picked && picked.length > 0 ? picked.map(({ id }) => id) : undefined;
}

async function askSeeds({ seeds }: Experiment): Promise<readonly number[] | undefined> {
  const text = await vscode.window.showInputBox({
    title: TITLE,
    prompt: 'Seeds of each row, separated by commas',
    value: seeds.join(', '),
    validateInput: (value) => (parseSeeds(value) ? undefined : 'Different whole numbers from 0 are needed.'),
  });
  return text === undefined ? undefined : parseSeeds(text);
}

async function pickTrial(): Promise<number | undefined> {
  const options = { title: TITLE, placeHolder: 'How much of it' };
  return (await vscode.window.showQuickPick(TRIALS, options))?.shrink;
}

/** Where the runs and the table go: the workspace, or a folder that is asked for. */
async function pickPlace(): Promise<string | undefined> {
  return (
    vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ??
    (await pickFolder('Folder for the runs and the table', 'Put Them Here'))
  );
}

/**
 * Asks for everything that is not given: experiment, data folder, rows, seeds, size.
 * @returns undefined when a question was closed.
 */
export async function pickRequest(data?: string): Promise<ExperimentRequest | undefined> {
  const experiment = await pickExperiment();
  if (!experiment) {
    return undefined;
  }
  const names = [...experiment.folders.events.slice(0, 1), ...(experiment.folders.images ?? []).slice(0, 1)];
  const folder = data ?? (await pickFolder(`Folder that holds ${names.join(' and ')}`, 'Use This Data'));
  const rows = folder === undefined ? undefined : await pickRows(experiment);
  const seeds = rows && (await askSeeds(experiment));
  const shrink = seeds && (await pickTrial());
  const place = shrink && (await pickPlace());
  return folder === undefined || !place
    ? undefined
    : { name: experiment.name, data: folder, rows, seeds, shrink, folder: place };
}
