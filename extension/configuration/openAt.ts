import * as vscode from 'vscode';
import type { ErrorPlace } from '../../engine/errors';

/** Opens a text file, with the cursor at a place (lines and columns count from 1); nothing without a file. */
export async function openAt(file: string | undefined, place: ErrorPlace = {}): Promise<void> {
  if (!file) {
    return;
  }
  const position = new vscode.Position(
    Math.max((place.line ?? 1) - 1, 0),
    Math.max((place.column ?? 1) - 1, 0),
  );
  await vscode.window.showTextDocument(vscode.Uri.file(file), {
    selection: new vscode.Range(position, position),
  });
}
