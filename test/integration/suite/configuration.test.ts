import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { waitFor } from '../../tools/waitFor';

function workspaceFile(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'no folder is open');
  return vscode.Uri.joinPath(folder.uri, name);
}

async function open(name: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(workspaceFile(name));
  await vscode.window.showTextDocument(document);
  return document;
}

/** Diagnostics of an open document once there are some. */
function diagnosticsOf(document: vscode.TextDocument): Promise<readonly vscode.Diagnostic[]> {
  return waitFor(`diagnostic in ${document.fileName}`, () => {
    const found = vscode.languages.getDiagnostics(document.uri);
    return found.length > 0 && found;
  });
}

describe('a *.transfer.jsonc file', () => {
  it('is JSON with comments', async () => {
    const document = await open('valid.transfer.jsonc');
    assert.equal(document.languageId, 'jsonc');
  });

  it('has a squiggle at an unknown key', async () => {
    const document = await open('unknown-key.transfer.jsonc');
    const [diagnostic] = await diagnosticsOf(document);
    assert.ok(diagnostic);
    assert.match(diagnostic.message, /trainning/);
    assert.equal(diagnostic.range.start.line, 3);
  });

  it('has a squiggle at a value of the wrong type', async () => {
    const document = await open('wrong-type.transfer.jsonc');
    const [diagnostic] = await diagnosticsOf(document);
    assert.ok(diagnostic);
    assert.equal(diagnostic.range.start.line, 3);
  });

  it('completes the keys of the schema', async () => {
    const document = await open('empty.transfer.jsonc');
    const labels = await waitFor('completion of the key "alignment"', async () => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        new vscode.Position(1, 2),
      );
      const found = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
      return found.includes('alignment') && found;
    });
    for (const key of ['method', 'data', 'frames', 'network', 'optimizer', 'training']) {
      assert.ok(labels.includes(key), `no completion for "${key}"`);
    }
  });

  it('explains a key on hover', async () => {
    const document = await open('valid.transfer.jsonc');
    const position = document.positionAt(document.getText().indexOf('method') + 2);
    const text = await waitFor('hover of "method"', async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        position,
      );
      const parts = hovers.flatMap(({ contents }) => contents);
      return parts.map((part) => (typeof part === 'string' ? part : part.value)).join('\n');
    });
    assert.match(text, /sliding/);
  });
});
