import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Scheme of the files that exist in the memory of {@link writeVirtualFiles}' extension only. */
export const VIRTUAL_SCHEME = 'spikebridge-test';

/** The module that VS Code offers to extensions; this file does not import it. */
const API = 'vscode';

const MANIFEST = {
  name: 'virtual-files',
  publisher: 'spikebridge-test',
  version: '0.0.1',
  engines: { vscode: '^1.100.0' },
  main: './extension.js',
  activationEvents: [`onFileSystem:${VIRTUAL_SCHEME}`, 'onStartupFinished'],
  contributes: { commands: [{ command: 'virtualFiles.open', title: 'Open Virtual Recording' }] },
};

/** A file system of one small file, and a command that opens it in the editor of recordings. */
const SOURCE = `
const vscode = require('${API}');
const bytes = Buffer.from('#!AER-DAT4.0\\r\\n');
exports.activate = (context) => {
  const never = () => new vscode.Disposable(() => undefined);
  const refuse = () => { throw vscode.FileSystemError.NoPermissions(); };
  const provider = {
    onDidChangeFile: never, watch: never, readDirectory: () => [],
    stat: () => ({ type: vscode.FileType.File, ctime: 0, mtime: 0, size: bytes.length }),
    readFile: () => bytes, createDirectory: refuse, writeFile: refuse, delete: refuse, rename: refuse,
  };
  context.subscriptions.push(
    vscode.workspace.registerFileSystemProvider('${VIRTUAL_SCHEME}', provider, { isReadonly: true }),
    vscode.commands.registerCommand('virtualFiles.open', () =>
      vscode.commands.executeCommand('vscode.open', vscode.Uri.parse('${VIRTUAL_SCHEME}:/away/bar.aedat4'))),
  );
};
`;

/** Writes an extension that provides a virtual file; resolves to its folder. */
export async function writeVirtualFiles(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(MANIFEST));
  await writeFile(path.join(folder, 'extension.js'), SOURCE);
  return folder;
}
