import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { SpikeBridgeError } from '../errors';
import { CONFIGURATION_SUFFIX } from '../training/configuration';

/** The file that marks a folder as sample data; nothing else may be overwritten. */
export const MARKER_FILE = 'spikebridge-sample.json';

const markerSchema = z.object({
  about: z.string(),
  complete: z.boolean(),
  seed: z.number(),
  /** Files of the sample data with forward slashes; the SHA-256 of those a user may edit, else an empty string. */
  files: z.record(z.string(), z.string()),
});

/** Content of the marker file. */
export type SampleMarker = z.output<typeof markerSchema>;

/** SHA-256 of a text, hexadecimal. */
export function textHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function foreignFolder(folder: string, cause?: unknown): SpikeBridgeError {
  return new SpikeBridgeError(
    'usage',
    `the folder is not empty and holds no sample data of SpikeBridge (no valid ${MARKER_FILE})`,
    'Choose an empty or a new folder.',
    { file: folder },
    { cause },
  );
}

/**
 * Looks whether sample data may be written to a folder.
 * @returns the marker of earlier sample data, or undefined for an empty or new folder.
 * @throws SpikeBridgeError (usage) for a file, or a folder with other content.
 */
export async function readMarker(folder: string): Promise<SampleMarker | undefined> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') {
      return [];
    }
    throw new SpikeBridgeError(
      'usage',
      `sample data cannot be written here (${cause.code})`,
      'Choose an empty or a new folder that you may write to.',
      { file: folder },
      { cause },
    );
  });
  if (names.length === 0) {
    return undefined;
  }
  try {
    return markerSchema.parse(JSON.parse(await readFile(path.join(folder, MARKER_FILE), 'utf8')));
  } catch (cause) {
    throw foreignFolder(folder, cause);
  }
}

/** Absolute path of a file the marker lists; undefined for a path that leads out of the folder. */
function insideFolder(folder: string, file: string): string | undefined {
  const absolute = path.resolve(folder, file);
  return absolute.startsWith(path.resolve(folder) + path.sep) ? absolute : undefined;
}

async function isEdited(file: string, hash: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text !== undefined && textHash(text) !== hash;
}

/**
 * Removes the files of earlier sample data. Run configurations that a user has edited stay, and so does
 * everything the marker does not list.
 * @returns the files that stay because they were edited, relative to the folder.
 */
export async function removeEarlierSample(folder: string, marker: SampleMarker): Promise<string[]> {
  const kept: string[] = [];
  for (const [name, hash] of Object.entries(marker.files)) {
    const file = insideFolder(folder, name);
    if (!file) {
      continue;
    }
    if (name.endsWith(CONFIGURATION_SUFFIX) && (await isEdited(file, hash))) {
      kept.push(name);
    } else {
      await rm(file, { force: true });
    }
  }
  return kept;
}
