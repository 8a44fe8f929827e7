import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { recordedFrom } from '../datasets/leakCheck';
import type { SplitManifest } from '../datasets/manifest';
import type { TransferData } from '../datasets/transferData';
import { SpikeBridgeError } from '../errors';
import { runFile } from '../runs/runFolder';

/** What of a student's data tells which photos its teacher must not have seen. */
export type StudentData = Pick<TransferData, 'manifest' | 'testPhotos'>;

/** The split of the run that a checkpoint lies in; empty where the checkpoint was moved out of it. */
async function splitOfRun(checkpoint: string): Promise<Partial<SplitManifest>> {
  const file = runFile(path.dirname(path.dirname(checkpoint)), 'split');
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Partial<SplitManifest>;
  } catch {
    return {};
  }
}

/** What the images of a teacher have in common with the photos of a student's test recordings. */
interface Comparison {
  /** What is known to leak. */
  readonly leak?: string;
  /** Why it is not known whether something does. */
  readonly unknown?: string;
}

/** Compares with a teacher whose images are not those of the student. */
function compare(
  { images, trainedImages, leak }: Partial<SplitManifest>,
  { manifest, testPhotos = [] }: StudentData,
): Comparison {
  const tested = manifest.test.length;
  if (!images) {
    return { unknown: 'there is no split.json of its run beside its checkpoint' };
  }
  if (trainedImages && images.source === manifest.images?.source) {
    const trained = new Set(trainedImages);
    const seen = testPhotos.filter((photo) => trained.has(photo));
    const leaked = `the teacher was trained on the photos of ${seen.length} of ${tested} test recordings, the first is ${seen[0]}`;
    const rule = manifest.leak?.matchedBy ?? 'same-name';
    const photographed = recordedFrom(manifest.test, images.source, rule).length;
    const missing = `the photos of ${photographed - testPhotos.length} of ${tested} test recordings are not among data.images`;
    return seen.length > 0 ? { leak: leaked } : testPhotos.length < photographed ? { unknown: missing } : {};
  }
  const [first] = leak?.photos ?? [];
  if (first !== undefined) {
    return {
      leak: `the teacher was trained on photos of test recordings of its own split, the first is ${first}`,
    };
  }
  return {
    unknown: trainedImages
      ? `it was trained on other images (${images.source}) than the student`
      : 'its run was made by an earlier version, which did not record its images',
  };
}

/**
 * Looks for photos of a student's test recordings among the images that trained its teacher (methods.md 10.2). A
 * teacher whose images are the student's own pool adds no leak to that which the student's split already reports.
 * @param checkpoint of the teacher; its run's split.json lies one folder above.
 * @returns warnings; empty where nothing leaks.
 * @throws SpikeBridgeError (configuration) where a teacher of a leak-free student saw such photos.
 */
export async function teacherLeakWarnings(checkpoint: string, student: StudentData): Promise<string[]> {
  const taught = await splitOfRun(checkpoint);
  const { images, split } = student.manifest;
  if (taught.images && taught.images.sha256 === images?.sha256) {
    return [];
  }
  const { leak, unknown } = compare(taught, student);
  if (leak !== undefined && split?.policy === 'leak-free') {
    throw new SpikeBridgeError(
      'configuration',
      `distillation.teacher: ${leak}; a leak-free split allows none`,
      'Train the teacher with the data section of this configuration, or set data.split.policy to that of the teacher.',
      { file: checkpoint },
    );
  }
  const open = `it is not known whether the teacher saw photos of test recordings: ${unknown}`;
  return [...(leak === undefined ? [] : [`leak: ${leak}`]), ...(unknown === undefined ? [] : [open])];
}
