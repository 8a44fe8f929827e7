import path from 'node:path';
import * as vscode from 'vscode';
import type { CommandLauncher } from '../commandLine/commandLauncher';
import type { ReportDocuments } from '../commandLine/reportDocuments';

/**
 * Decodes every recording and image of the data sets in a folder and shows what is there, missing and damaged.
 * @param given folder; asked for where absent.
 * @returns the report; undefined when the question was closed.
 */
export async function checkDataSet(
  commandLine: CommandLauncher,
  reports: ReportDocuments,
  given?: string,
): Promise<string | undefined> {
  const options = {
    title: 'Check Data Set',
    openLabel: 'Check This Folder',
    canSelectFiles: false,
    canSelectFolders: true,
  };
  const folder = given ?? (await vscode.window.showOpenDialog(options))?.[0]?.fsPath;
  if (!folder) {
    return undefined;
  }
  const lines = await commandLine.finish(`SpikeBridge: checking ${path.basename(folder)}`, {
    arguments: ['dataset', 'check', folder],
    usesGpu: false,
    reportsFindings: true,
  });
  const report = `${lines.join('\n')}\n`;
  await reports.show(`Check of ${path.basename(folder)}`, report);
  return report;
}
