import { stat } from 'node:fs/promises';
import path from 'node:path';
import { SpikeBridgeError } from '../errors';
import type { Experiment } from './experiment';

/** Absolute folders of an experiment's data. */
export interface DataFolders {
  readonly events: string;
  readonly images?: string;
}

async function isFolder(folder: string): Promise<boolean> {
  return (await stat(folder).catch(() => undefined))?.isDirectory() === true;
}

/** The first of the names below `folder` that is a folder. */
async function firstPresent(folder: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const candidate = path.join(folder, name);
    if (await isFolder(candidate)) {
      return candidate;
    }
  }
  return undefined;
}

async function requireFolder(folder: string): Promise<void> {
  if (!(await isFolder(folder))) {
    throw new SpikeBridgeError('data', 'this folder does not exist', 'Name the folder of the data sets.', {
      file: folder,
    });
  }
}

/**
 * Finds the data sets of an experiment: below `data` under one of their names, else `data` itself is the event data
 * set. `images` is taken as it is; without it images are looked for below `data`.
 * @param needsImages whether any chosen row uses images.
 * @throws SpikeBridgeError (data) with the names that were looked for.
 */
export async function findDataFolders(
  { folders, title }: Experiment,
  { data, images }: { readonly data: string; readonly images?: string },
  needsImages: boolean,
): Promise<DataFolders> {
  const root = path.resolve(data);
  await requireFolder(root);
  const events = (await firstPresent(root, folders.events)) ?? root;
  if (!needsImages || !folders.images) {
    return { events };
  }
  if (images !== undefined) {
    const given = path.resolve(images);
    await requireFolder(given);
    return { events, images: given };
  }
  const found = await firstPresent(root, folders.images);
  if (!found) {
    throw new SpikeBridgeError(
      'data',
      `the static images of ${title} are not here: none of ${folders.images.join(', ')} exists`,
      'Put them into a folder of that name, or name their folder with --images DIR.',
      { file: root },
    );
  }
  return { events, images: found };
}
