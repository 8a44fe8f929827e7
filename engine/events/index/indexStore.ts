import { createHash, randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { recordingIdentity } from '../../files/fileIdentity';
import { makeFolder } from '../../files/makeFolder';
import type { OpenOptions } from '../recording';
import type { RecordingIndex } from './recordingIndex';

/** Grows whenever indexes or decoder states change their meaning: older sidecars are built again. */
const INDEX_VERSION = 2;

/** Keeps time indexes in a folder beside nothing of the user's: one file per recording and way to open it. */
export interface IndexStore {
  /** The index of this very version of the file, or undefined when there is none or it is damaged. */
  load(file: string, options?: OpenOptions): Promise<RecordingIndex | undefined>;
  /** Writes an index, all or nothing. A folder that cannot be written to is no error: the index is built again. */
  save(file: string, index: RecordingIndex, options?: OpenOptions): Promise<void>;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Options in a fixed order, without those that are not set. */
function optionsKey(options: OpenOptions): string {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined && value !== false);
  return JSON.stringify(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
}

async function sidecarPath(folder: string, file: string, options: OpenOptions): Promise<string> {
  const absolute = path.resolve(file);
  const { size, mtimeMs } = await recordingIdentity(absolute);
  const key = digest(JSON.stringify([INDEX_VERSION, absolute, size, mtimeMs, optionsKey(options)]));
  return path.join(folder, `${key.slice(0, 32)}.json`);
}

/** First line: the digest of the rest. */
function parseSidecar(text: string): RecordingIndex | undefined {
  const lineEnd = text.indexOf('\n');
  const body = text.slice(lineEnd + 1);
  return lineEnd > 0 && text.slice(0, lineEnd) === digest(body)
    ? (JSON.parse(body) as RecordingIndex)
    : undefined;
}

async function writeAtomically(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, text);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** @param folder is made when the first index is saved. */
export function indexStore(folder: string): IndexStore {
  return {
    async load(file, options = {}) {
      const sidecar = await sidecarPath(folder, file, options);
      const text = await readFile(sidecar, 'utf8').catch(() => undefined);
      return text === undefined ? undefined : parseSidecar(text);
    },
    async save(file, index, options = {}) {
      const sidecar = await sidecarPath(folder, file, options);
      const body = JSON.stringify(index);
      await makeFolder(folder)
        .then(() => writeAtomically(sidecar, `${digest(body)}\n${body}`))
        .catch(() => undefined);
    },
  };
}
