import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { SpikeBridgeError } from '../../errors';
import { IMAGE_ENDINGS, UNREAD_IMAGE_ENDINGS } from '../../images/decodeImage';

/** Order of names by their characters' codes: the same on every machine, capitals first. */
export function byName(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

function hasEnding(name: string, endings: readonly string[]): boolean {
  return endings.includes(path.extname(name).toLowerCase());
}

/** Whether a file's name has the ending of an image, in small letters or capitals. */
export function isImageName(name: string): boolean {
  return hasEnding(name, IMAGE_ENDINGS);
}

async function entriesOf(folder: string, hint: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new SpikeBridgeError(
      'data',
      `the folder cannot be read (${cause.code})`,
      hint,
      { file: folder },
      { cause },
    );
  });
}

/**
 * Names of the folders below `folder`, sorted; links to folders count, hidden ones do not.
 * @param hint next step of the error.
 * @throws SpikeBridgeError (data) for a folder that cannot be read.
 */
export async function foldersIn(folder: string, hint: string): Promise<string[]> {
  const entries = await entriesOf(folder, hint);
  return entries
    .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .filter((name) => !isImageName(name))
    .sort(byName);
}

async function filesIn(folder: string, hint: string, endings: readonly string[]): Promise<string[]> {
  const entries = await entriesOf(folder, hint);
  return entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.') && hasEnding(entry.name, endings))
    .map(({ name }) => name)
    .sort(byName);
}

/**
 * Names of the images in `folder`, sorted; other and hidden files are left out.
 * @throws SpikeBridgeError (data) for a folder that cannot be read.
 */
export async function imagesIn(folder: string, hint: string): Promise<string[]> {
  return filesIn(folder, hint, IMAGE_ENDINGS);
}

/**
 * Names of the images in `folder` that nothing here decodes (.bmp and others), sorted.
 * @throws SpikeBridgeError (data) for a folder that cannot be read.
 */
export async function unreadImagesIn(folder: string, hint: string): Promise<string[]> {
  return filesIn(folder, hint, UNREAD_IMAGE_ENDINGS);
}

/** The first of the folders `root`/`candidate` that has all the entries, or undefined. */
export async function findFolder(
  root: string,
  candidates: readonly string[],
  holds: readonly string[],
): Promise<string | undefined> {
  for (const candidate of candidates) {
    const folder = path.join(root, candidate);
    const names: string[] = await readdir(folder).catch(() => []);
    if (names.length > 0 && holds.every((name) => names.includes(name))) {
      return folder;
    }
  }
  return undefined;
}
