import { HOST_EXTENSION } from 'vscode-messenger-common';
import { createCancellationToken, Messenger, type VsCodeApi } from 'vscode-messenger-webview';
import type { OpenOptions } from '../../engine/events/recording';
import type { IndexProgress, QueryName, RecordingQueries } from '../../engine/protocol/recordingProtocol';
import {
  type ExportRange,
  exportRange,
  indexAdvanced,
  type RecordingNotice,
  type RecordingOpened,
  readAgain,
  recordingNotice,
  recordingOptions,
  recordingQuery,
  recordingReady,
  recordingReopened,
  reopenWith,
  type SaveParameters,
  saveFile,
  showFragment,
  type ViewCommand,
  viewCommand,
  viewShown,
} from '../../engine/protocol/recordingViewProtocol';

declare function acquireVsCodeApi(): VsCodeApi;

/** The extension host, and behind it the recordings process, as the editor sees them. */
export class RecordingPort {
  readonly #api = acquireVsCodeApi();
  readonly #messenger = new Messenger(this.#api);

  /** Listens, then asks for the recording. */
  open(listeners: {
    readonly onIndex: (progress: IndexProgress) => void;
    readonly onCommand: (command: ViewCommand) => void;
    /** Undefined: all is as it was when the file was opened. */
    readonly onNotice: (notice: RecordingNotice | undefined) => void;
    readonly onReopened: (opened: RecordingOpened) => void;
  }): Promise<RecordingOpened> {
    this.#messenger.onNotification(indexAdvanced, listeners.onIndex);
    this.#messenger.onNotification(viewCommand, listeners.onCommand);
    this.#messenger.onNotification(recordingNotice, (notice) => listeners.onNotice(notice ?? undefined));
    this.#messenger.onNotification(recordingReopened, listeners.onReopened);
    this.#messenger.start();
    return this.#messenger.sendRequest(recordingReady, HOST_EXTENSION);
  }

  /** Asks about the recording; an aborted signal withdraws the question. */
  ask<Name extends QueryName>(
    name: Name,
    parameters: RecordingQueries[Name]['parameters'],
    signal: AbortSignal,
  ): Promise<RecordingQueries[Name]['result']> {
    const question = { name, parameters };
    return this.#messenger.sendRequest(
      recordingQuery,
      HOST_EXTENSION,
      question,
      createCancellationToken(signal),
    ) as Promise<RecordingQueries[Name]['result']>;
  }

  /** The recording is opened anew; `onReopened` tells when. */
  setOptions(options: OpenOptions): void {
    this.#messenger.sendNotification(recordingOptions, HOST_EXTENSION, options);
  }

  /** The file is opened anew as it is now; `onReopened` tells when. */
  readAgain(): void {
    this.#messenger.sendNotification(readAgain, HOST_EXTENSION);
  }

  save(file: SaveParameters): Promise<string | null> {
    return this.#messenger.sendRequest(saveFile, HOST_EXTENSION, file);
  }

  export(range: ExportRange): Promise<string | null> {
    return this.#messenger.sendRequest(exportRange, HOST_EXTENSION, range);
  }

  showFragment(text: string): void {
    this.#messenger.sendNotification(showFragment, HOST_EXTENSION, { text });
  }

  reopenWith(): void {
    this.#messenger.sendNotification(reopenWith, HOST_EXTENSION);
  }

  savedState(): unknown {
    return this.#api.getState();
  }

  /** Keeps what a reload or a split of the editor starts from. */
  saveState(state: unknown): void {
    this.#api.setState(state);
    this.#messenger.sendNotification(viewShown, HOST_EXTENSION, state);
  }
}
