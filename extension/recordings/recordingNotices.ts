import type { ErrorReport } from '../../engine/errors';
import type { RecordingNotice } from '../../engine/protocol/recordingViewProtocol';
import type { FileChange } from './fileWatch';

function sizeText(bytes: number): string {
  return `${bytes.toLocaleString('en')} bytes`;
}

/** What is said of a file that is no longer what it was; undefined when it is. */
export function changeNotice(change: FileChange): RecordingNotice | undefined {
  if (change.kind === 'same') {
    return undefined;
  }
  if (change.kind === 'deleted') {
    return { kind: 'deleted', message: 'The file was deleted or moved. What is loaded can still be seen.' };
  }
  const { bytes, bytesBefore } = change;
  const how =
    bytes === bytesBefore
      ? 'has changed'
      : `has ${bytes > bytesBefore ? 'grown' : 'shrunk'} from ${sizeText(bytesBefore)} to ${sizeText(bytes)}`;
  return { kind: 'changed', message: `The file ${how} since it was read.` };
}

/** What is said when the reader of a recording has ended by itself. */
export function stoppedNotice({ message }: ErrorReport): RecordingNotice {
  return { kind: 'stopped', message: `${message} What is loaded can still be seen.` };
}
