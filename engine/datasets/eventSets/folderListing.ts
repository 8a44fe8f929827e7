import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { recordingIdentity } from '../../files/fileIdentity';
import { dataSetError } from './eventSet';

const STRAY_FILES = new Set(['thumbs.db', 'desktop.ini', '__macosx']);
const FILES_AT_ONCE = 256;

function inCodePointOrder(left: { name: string }, right: { name: string }): number {
  return left.name < right.name ? -1 : 1;
}

/**
 * Entries of a folder by name, without hidden and operating-system files.
 * @param what the folder is, for the message.
 * @throws SpikeBridgeError (data) where it cannot be read.
 */
export async function entriesIn(folder: string, what: string, nextStep: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    const reason =
      cause.code === 'ENOENT' ? 'does not exist' : `cannot be read (${cause.code ?? cause.message})`;
    throw dataSetError(`${what} ${reason}`, nextStep, folder, cause);
  });
  return entries
    .filter(({ name }) => !name.startsWith('.') && !STRAY_FILES.has(name.toLowerCase()))
    .sort(inCodePointOrder);
}

async function isFolder(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isDirectory() === true;
}

/** Whether an entry is a folder, or a link to one. */
export async function isFolderEntry(parent: string, entry: Dirent): Promise<boolean> {
  return entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(path.join(parent, entry.name))));
}

/** Names of the folders in a folder, by name. @throws SpikeBridgeError (data) as {@link entriesIn}. */
export async function foldersIn(folder: string, what: string, nextStep: string): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await entriesIn(folder, what, nextStep)) {
    if (await isFolderEntry(folder, entry)) {
      names.push(entry.name);
    }
  }
  return names;
}

/**
 * Sizes of files in bytes.
 * @throws SpikeBridgeError (data) for a file that is not there.
 */
export async function fileSizes(root: string, files: readonly string[]): Promise<number[]> {
  const sizes: number[] = [];
  for (let start = 0; start < files.length; start += FILES_AT_ONCE) {
    const identities = await Promise.all(
      files.slice(start, start + FILES_AT_ONCE).map((file) => recordingIdentity(path.join(root, file))),
    );
    sizes.push(...identities.map(({ size }) => size));
  }
  return sizes;
}

/**
 * The folder itself or the one of a name inside it, whichever holds one of the `marks`.
 * @param marks names of files or folders.
 * @throws SpikeBridgeError (data) where neither does.
 */
export async function findRoot(
  folder: string,
  inner: readonly string[],
  marks: readonly string[],
  layout: string,
): Promise<string> {
  const nextStep = `Correct data.events.folder in the run configuration. The layout is ${layout}.`;
  await entriesIn(folder, 'the event data set', nextStep);
  for (const candidate of [folder, ...inner.map((name) => path.join(folder, name))]) {
    const names = new Set(await readdir(candidate).catch(() => []));
    if (marks.some((mark) => names.has(mark))) {
      return candidate;
    }
  }
  const shown = marks.slice(0, 3).join(', ');
  throw dataSetError(
    `the data set is not here: neither this folder nor ${inner.join(' or ') || 'one inside it'} holds ${shown}${marks.length > 3 ? ' or the like' : ''}`,
    nextStep,
    folder,
  );
}
