import * as vscode from 'vscode';
import { SpikeBridgeError } from '../../engine/errors';
import {
  CONFIGURATION_SUFFIX,
  type ConfigurationProblem,
  checkConfigurationText,
} from '../../engine/training/configuration';
import { DisposableStore } from '../lifecycle/disposableStore';

function diagnosticOf(document: vscode.TextDocument, problem: ConfigurationProblem): vscode.Diagnostic {
  const start = new vscode.Position(problem.line - 1, problem.column - 1);
  const word = document.getWordRangeAtPosition(start);
  const range = word ?? new vscode.Range(start, start.translate(0, 1));
  const diagnostic = new vscode.Diagnostic(range, problem.message, vscode.DiagnosticSeverity.Error);
  diagnostic.source = 'SpikeBridge';
  return diagnostic;
}

/**
 * Validates run configurations and lists their problems in the Problems view. The JSON schema shows most mistakes
 * while one types; this adds what only a start of the run checks, and follows the file until it is correct.
 */
export class ConfigurationDiagnostics {
  readonly #store = new DisposableStore();
  readonly #collection = this.#store.add(vscode.languages.createDiagnosticCollection('spikebridge'));

  constructor() {
    this.#store.add(
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (this.#collection.has(document.uri)) {
          this.#check(document);
        }
      }),
    );
    this.#store.add(
      vscode.workspace.onDidDeleteFiles(({ files }) => {
        for (const file of files) {
          this.#collection.delete(file);
        }
      }),
    );
  }

  #check(document: vscode.TextDocument): readonly ConfigurationProblem[] {
    const { problems } = checkConfigurationText(document.getText());
    this.#collection.set(
      document.uri,
      problems.map((problem) => diagnosticOf(document, problem)),
    );
    return problems;
  }

  /**
   * Saves the file if it is being edited, and validates it.
   * @throws SpikeBridgeError (configuration) with the place of the first problem.
   */
  async validate(uri: vscode.Uri): Promise<void> {
    if (!uri.fsPath.endsWith(CONFIGURATION_SUFFIX)) {
      throw new SpikeBridgeError(
        'configuration',
        'This file is not a run configuration.',
        `Choose a file whose name ends with ${CONFIGURATION_SUFFIX}.`,
        { file: uri.fsPath },
      );
    }
    const document = await vscode.workspace.openTextDocument(uri);
    if (document.isDirty) {
      await document.save();
    }
    const [first, ...others] = this.#check(document);
    if (first) {
      const more = others.length > 0 ? ` (and ${others.length} more, see the Problems view)` : '';
      throw new SpikeBridgeError(
        'configuration',
        `The configuration is not valid: ${first.message}${more}.`,
        'Correct it and start the run again.',
        { file: uri.fsPath, line: first.line, column: first.column },
      );
    }
  }

  dispose(): void {
    this.#store.dispose();
  }
}
