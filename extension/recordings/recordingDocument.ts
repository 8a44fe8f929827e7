import * as vscode from 'vscode';
import { reportOf, SpikeBridgeError } from '../../engine/errors';
import type { OpenOptions } from '../../engine/events/recording';
import type { IndexProgress, Query } from '../../engine/protocol/recordingProtocol';
import type { RecordingOpened } from '../../engine/protocol/recordingViewProtocol';
import type { OpenedRecording, RecordingEngine } from './recordingEngine';
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
  #opened: Promise<OpenedRecording> | undefined;
  #index: IndexProgress | undefined;
  #generation = 0;

  constructor(
    readonly uri: vscode.Uri,
    private readonly engine: RecordingEngine,
    private readonly options: RecordingOptions,
  ) {}

  /** Opens the file, unless it is open; a failure is part of the answer. */
  async open(): Promise<RecordingOpened> {
    const before = await this.#opened?.catch(() => undefined);
    if (before?.isLost) {
      this.#opened = undefined;
    }
    this.#opened ??= this.#start(this.options.of(this.uri.fsPath));
    try {
      const { summary } = await this.#opened;
      return { summary, ...(this.#index && { index: this.#index }) };
    } catch (error) {
      this.#opened = undefined;
      return { failure: reportOf(error) };
    }
  }

  /** Opens the file anew with what the user says about it, and remembers that when it fits. */
  async reopen(options: OpenOptions): Promise<RecordingOpened> {
    await this.#close();
    this.#opened = this.#start(options);
    const answer = await this.open();
    if (answer.summary) {
      await this.options.remember(this.uri.fsPath, options);
    }
    return answer;
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
    this.#index = undefined;
    return this.engine.open(this.uri.fsPath, options, (progress) => {
      if (generation === this.#generation) {
        this.#index = progress;
        this.#advanced.fire(progress);
      }
    });
  }

  async #close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.then(
      (recording) => recording.close(),
      () => undefined,
    );
  }

  dispose(): void {
    this.#generation++;
    this.#close().catch(() => undefined);
    this.#advanced.dispose();
  }
}
