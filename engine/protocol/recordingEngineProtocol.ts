import { NotificationType, RequestType } from 'vscode-jsonrpc';
import type { ErrorReport } from '../errors';
import type { OpenOptions } from '../events/recording';
import type { IndexProgress, Query, RecordingSummary } from './recordingProtocol';

/**
 * RPC between the extension host and the recordings process (dist/recordings.js), over the child's IPC channel with
 * structured clone, and the same between that process and its thread per recording.
 */

export interface OpenRecordingParameters {
  /** Chosen by the extension host; names the recording in everything that follows. */
  readonly recording: number;
  /** Absolute path. */
  readonly file: string;
  /** Absolute path of an existing folder that keeps time indexes. */
  readonly indexFolder: string;
  readonly options: OpenOptions;
}

/** Requests to the process. Failures are ResponseErrors whose `data` is an ErrorReport. */
export const recordingRequests = {
  open: new RequestType<OpenRecordingParameters, RecordingSummary, ErrorReport>('recording/open'),
  query: new RequestType<{ readonly recording: number; readonly query: Query }, unknown, ErrorReport>(
    'recording/query',
  ),
  close: new RequestType<{ readonly recording: number }, null, ErrorReport>('recording/close'),
} as const;

export const recordingNotifications = {
  /** A few times a second while the first pass goes on, and once at its end. */
  index: new NotificationType<{ readonly recording: number; readonly progress: IndexProgress }>(
    'recording/index',
  ),
  /** The thread that reads a recording has ended by itself: nothing more can be asked of it. */
  lost: new NotificationType<{ readonly recording: number; readonly report: ErrorReport }>('recording/lost'),
} as const;
