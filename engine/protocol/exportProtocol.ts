import type { RequestType } from 'vscode-messenger-common';

/** A file the dashboard wants to save: a picture of a plot, or its data. */
export interface ExportParameters {
  /** Suggested file name with extension, without folder. */
  readonly fileName: string;
  readonly content: string;
  readonly encoding: 'utf8' | 'base64';
}

/** Webview to host: asks where to save the file; answers its path, or null when the user gave none. */
export const exportFile: RequestType<ExportParameters, string | null> = { method: 'dashboard/export' };
