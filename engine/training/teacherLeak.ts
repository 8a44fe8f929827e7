import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { SplitManifest } from '../datasets/manifest';
import type { TransferData } from '../datasets/transferData';
import { SpikeBridgeError } from '../errors';
import { runFile } from '../runs/runFolder';

/** What of a student's data tells which photos its teacher must not have seen. */
export type StudentData = Pick<TransferData, 'manifest' | 'testPhotos'>;

/** The split of the run that a checkpoint lies in; undefined where the checkpoint was moved out of it. */
async function splitOfRun(checkpoint: string): Promise<Partial<SplitManifest> | undefined> {
  const file = runFile(path.dirname(path.dirname(checkpoint)), 'split');
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Partial<SplitManifest>;
  } catch {
    return undefined;
  }
}

function unknown(reason: string): string[] {
  return [`it is not known whether the teacher saw photos of test recordings: ${reason}`];
}

/**
 * Looks for photos of a student's test recordings among the images that trained its teacher (methods.md 10.2). A
 * teacher whose images are the student's own pool adds no leak to that which the student's split already reports.
 * @param checkpoint of the teacher; its run's split.json lies one folder above.
 * @returns warnings; empty where nothing leaks.
 * @throws SpikeBridgeError (configuration) where a teacher of a leak-free student saw such photos.
 */
export async function teacherLeakWarnings(
  checkpoint: string,
  { manifest, testPhotos = [] }: StudentData,
): Promise<string[]> {
  if (testPhotos.length === 0) {
    return [];
  }
  const taught = await splitOfRun(checkpoint);
  if (!taught?.images) {
    return unknown('there is no split.json of its run beside its checkpoint');
  }
  if (taught.images.sha256 === manifest.images?.sha256) {
    return [];
  }
  if (taught.images.source !== manifest.images?.source) {
    return unknown(`it was trained on other images (${taught.images.source}) than the student`);
  }
  if (!taught.trainedImages) {
    return unknown('its run was made by an earlier version, which did not record its images');
  }
  const trained = new Set(taught.trainedImages);
  const seen = testPhotos.filter((photo) => trained.has(photo));
  if (seen.length === 0) {
    return [];
  }
  const what = `the teacher was trained on the photos of ${seen.length} of ${manifest.test.length} test recordings, the first is ${seen[0]}`;
  if (manifest.split?.policy === 'leak-free') {
    throw new SpikeBridgeError(
      'configuration',
      `distillation.teacher: ${what}; a leak-free split allows none`,
      'Train the teacher with the data section of this configuration, or set data.split.policy to that of the teacher.',
      { file: checkpoint },
    );
  }
  return [`leak: ${what}`];
}
