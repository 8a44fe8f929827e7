import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { RecordingLabels } from '../../protocol/recordingProtocol';
import { parseCaltechOutlines } from './caltechOutlines';
import { parseGestureLabels } from './gestureLabels';

interface LabelFile {
  readonly file: string;
  parse(bytes: Uint8Array): RecordingLabels['labels'];
}

/** Where data sets keep the labels of a recording. */
function candidates(recording: string): LabelFile[] {
  const { dir, name } = path.parse(recording);
  const folder = path.basename(dir);
  const files: LabelFile[] = [
    {
      file: path.join(dir, `${name}_labels.csv`),
      parse: (bytes) => parseGestureLabels(new TextDecoder().decode(bytes)),
    },
  ];
  const number = /^image_(\d{4})$/.exec(name)?.[1];
  if (number) {
    const annotation = `annotation_${number}.bin`;
    const aside = path.join(path.dirname(dir), '..', 'Caltech101_annotations', folder, annotation);
    for (const file of [aside, path.join(dir, annotation)]) {
      files.push({ file, parse: parseCaltechOutlines });
    }
  }
  return files;
}

/** Labels that lie beside a recording as its data set lays them out; files that cannot be read count as absent. */
export async function findLabels(recording: string): Promise<RecordingLabels[]> {
  const found = await Promise.all(
    candidates(recording).map(async ({ file, parse }) => {
      const bytes = await readFile(file).catch(() => undefined);
      const labels = bytes ? parse(bytes) : [];
      return labels.length > 0 ? [{ source: path.basename(file), labels }] : [];
    }),
  );
  return found.flat();
}
