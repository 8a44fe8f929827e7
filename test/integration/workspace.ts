import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Files that the integration suite opens; the tests know them by name. */
const FILES: Readonly<Record<string, string>> = {
  'unknown-key.transfer.jsonc': `{
  // The second key is misspelt.
  "method": "ktl",
  "trainning": { "iterations": 10 },
  "data": { "events": { "format": "n-mnist", "folder": "events" } }
}
`,
  'wrong-type.transfer.jsonc': `{
  "method": "events-only",
  "data": { "events": { "format": "n-mnist", "folder": "events" } },
  "training": { "iterations": "many" }
}
`,
  'valid.transfer.jsonc': `{
  "method": "events-only",
  "data": { "events": { "format": "n-mnist", "folder": "events" } },
  "training": { "iterations": 10 }
}
`,
  'empty.transfer.jsonc': '{\n  \n}\n',
};

/** Writes the workspace of the integration suite into `folder`, which is made if missing. */
export async function writeWorkspace(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(FILES)) {
    await writeFile(path.join(folder, name), text);
  }
}
