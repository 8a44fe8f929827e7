import * as vscode from 'vscode';
import { reportOf, SpikeBridgeError } from '../../engine/errors';
import type { OpenOptions } from '../../engine/events/recording';
import type { IndexProgress, Query } from '../../engine/protocol/recordingProtocol';
import type { RecordingNotice, RecordingOpened } from '../../engine/protocol/recordingViewProtocol';
import { FileWatch } from './fileWatch';
import type { OpenedRecording, RecordingEngine } from './recordingEngine';
import { changeNotice, stoppedNotice } from './recordingNotices';
import type { RecordingOptions } from './recordingOptions';

function notOnDisk(uri: vscode.Uri): SpikeBridgeError {
  return new SpikeBridgeError(
    'data',
    `This file is not on a disk of the machine that VS Code's extensions run on (it is a "${uri.scheme}" file), so it cannot be read in parts.`,
    'Save a copy in a folder of that machine and open the copy.',
    { file: uri.toString() },
  );
}

/** One recording file; all editors that show it share what is read. */
export class RecordingDocument implements vscode.CustomDocument {
  readonly #advanced = new vscode.EventEmitter<IndexProgress>();
  readonly onIndex = this.#advanced.event;
  readonly #noticed = new vscode.EventEmitter<RecordingNotice | undefined>();
  readonly onNotice = this.#noticed.event;
  readonly #reopened = new vscode.EventEmitter<RecordingOpened>();
  /** The file was opened anew: what editors know of it is of the past. */
  readonly onReopened = this.#reopened.event;
  #watch: FileWatch | undefined;
  #notice: RecordingNotice | undefined;
  #opened: Promise<OpenedRecording> | undefined;
  #index: IndexProgress | undefined;
  #generation = 0;
  /** What its editors showed last; only they can read it. */
  view: unknown;

  constructor(
    readonly uri: vscode.Uri,
    private readonly engine: RecordingEngine,
    private readonly options: RecordingOptions,
  ) {}

  /** Opens the file, unless it is open; a failure is part of the answer. */
  async open(): Promise<RecordingOpened> {
    const before = await this.#opened?.catch(() => undefined);
    if (before?.isLost) {
      await this.#close();
    }
    this.#opened ??= this.#start(this.options.of(this.uri.fsPath));
    try {
      const { summary } = await this.#opened;
      return {
        summary,
        ...(this.#index && { index: this.#index }),
        ...(this.#notice && { notice: this.#notice }),
        view: this.view,
      };
    } catch (error) {
      this.#opened = undefined;
      return { failure: reportOf(error) };
    }
  }

  /** Opens the file anew with what the user says about it, and remembers that when it fits; tells all editors. */
  async reopen(options: OpenOptions): Promise<void> {
    await this.#close();
    this.#opened = this.#start(options);
    const answer = await this.open();
    if (answer.summary) {
      await this.options.remember(this.uri.fsPath, options);
    }
    // The pass may have found all there is meanwhile, and tells it once.
    this.#reopened.fire({ ...answer, ...(this.#index && { index: this.#index }) });
  }

  /** Opens the file anew as it is now; tells all editors. */
  async readAgain(): Promise<void> {
    await this.#close();
    this.#reopened.fire(await this.open());
  }

  /** @throws SpikeBridgeError as the recordings process does. */
  async ask(query: Query, token: vscode.CancellationToken): Promise<unknown> {
    if (!this.#opened) {
      throw new SpikeBridgeError(
        'usage',
        'The recording is not open.',
        'Close the editor and open it again.',
      );
    }
    return (await this.#opened).ask(query, token);
  }

  async #start(options: OpenOptions): Promise<OpenedRecording> {
    if (this.uri.scheme !== 'file') {
      throw notOnDisk(this.uri);
    }
    const generation = ++this.#generation;
    const isCurrent = () => generation === this.#generation;
    this.#index = undefined;
    this.#notice = undefined;
    this.#watch = new FileWatch(this.uri.fsPath, (change) => this.#tell(changeNotice(change)));
    return this.engine.open(this.uri.fsPath, options, {
      onIndex: (progress) => {
        if (isCurrent()) {
          this.#index = progress;
          this.#advanced.fire(progress);
        }
      },
      onLost: (report) => {
        if (isCurrent()) {
          this.#tell(stoppedNotice(report));
        }
      },
    });
  }

  /** A reader that has stopped matters more than what becomes of the file. */
  #tell(notice: RecordingNotice | undefined): void {
    if (this.#notice?.kind !== 'stopped') {
      this.#notice = notice;
      this.#noticed.fire(notice);
    }
  }

  async #close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    this.#watch?.dispose();
    this.#watch = undefined;
    await opened?.then(
      (recording) => recording.close(),
      () => undefined,
    );
  }

  dispose(): void {
    this.#generation++;
    this.#close().catch(() => undefined);
    this.#advanced.dispose();
    this.#noticed.dispose();
    this.#reopened.dispose();
  }
}
