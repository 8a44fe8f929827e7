import type { NotificationType, RequestType } from 'vscode-messenger-common';
import type { ErrorReport } from '../errors';
import type { OpenOptions } from '../events/recording';
import type { ExportFormat, IndexProgress, Query, RecordingSummary } from './recordingProtocol';

/** Messages between the extension host and the webview of a recording (vscode-messenger). */

/** What the webview starts from; `failure` instead of a summary when the file cannot be opened. */
export interface RecordingOpened {
  readonly summary?: RecordingSummary;
  readonly failure?: ErrorReport;
  readonly index?: IndexProgress;
  readonly notice?: RecordingNotice;
  /** What another editor of the same file showed last, as it was told by `viewShown`. */
  readonly view?: unknown;
}

/**
 * What has become of the file, or of its reader, since it was opened. `stopped`: the reader has ended and nothing more
 * can be loaded. What is shown stays until the file is read again.
 */
export interface RecordingNotice {
  readonly kind: 'stopped' | 'changed' | 'deleted';
  readonly message: string;
}

/** Webview to host: sent when its scripts have loaded. */
export const recordingReady: RequestType<void, RecordingOpened> = { method: 'recording/ready' };
/** Webview to host: its view and player, for an editor that is split off it. Only webviews read it. */
export const viewShown: NotificationType<unknown> = { method: 'recording/viewShown' };
/** Webview to host to the recordings process; cancellable. */
export const recordingQuery: RequestType<Query, unknown> = { method: 'recording/query' };
/** Webview to host: what the file does not say. It is remembered, and the recording is opened anew for all its editors. */
export const recordingOptions: NotificationType<OpenOptions> = { method: 'recording/options' };
/** Host to webview. */
export const indexAdvanced: NotificationType<IndexProgress> = { method: 'recording/index' };
/** Host to webview: news of the file or its reader; null when all is as it was when the file was opened. */
export const recordingNotice: NotificationType<RecordingNotice | null> = { method: 'recording/notice' };
/** Webview to host: opens the file anew; all its editors get `recordingReopened`. */
export const readAgain: NotificationType<void> = { method: 'recording/readAgain' };
/** Host to webview: the file was opened anew, by this editor or another one. */
export const recordingReopened: NotificationType<RecordingOpened> = { method: 'recording/reopened' };
/** Host to webview: the user chose a command from the palette or pressed its key. */
export const viewCommand: NotificationType<ViewCommand> = { method: 'recording/command' };

export type ViewCommand = 'exportPicture' | 'exportRange' | 'copyConfiguration' | 'togglePlay';

/** A picture of the view, or anything else that is ready to be written. */
export interface SaveParameters {
  /** Suggested file name with extension, without folder. */
  readonly fileName: string;
  readonly content: string;
  readonly encoding: 'utf8' | 'base64';
}
/** Webview to host: asks where to save; answers the path, or null when the user gave none. */
export const saveFile: RequestType<SaveParameters, string | null> = { method: 'recording/save' };

/** A range to export; the host asks for the target. */
export interface ExportRange {
  readonly suggestedName: string;
  readonly format: ExportFormat;
  readonly query: Omit<Query<'export'>['parameters'], 'target' | 'format'>;
}
/** Webview to host: answers the path, or null when the user gave none. */
export const exportRange: RequestType<ExportRange, string | null> = { method: 'recording/export' };

/** Webview to host: shows text as a new document, and puts it on the clipboard. */
export const showFragment: NotificationType<{ readonly text: string }> = { method: 'recording/fragment' };
/** Webview to host: opens the file in another editor of VS Code. */
export const reopenWith: NotificationType<void> = { method: 'recording/reopenWith' };
