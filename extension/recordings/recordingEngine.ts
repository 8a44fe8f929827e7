import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type * as vscode from 'vscode';
import type { OpenOptions } from '../../engine/events/recording';
import { recordingRequests } from '../../engine/protocol/recordingEngineProtocol';
import type { IndexProgress, Query, RecordingSummary } from '../../engine/protocol/recordingProtocol';
import { type IndexEvent, RecordingProcess } from './recordingProcess';

/** A recording that is open in the process. */
export interface OpenedRecording {
  readonly summary: RecordingSummary;
  /** Whether the process that had it open has ended. */
  readonly isLost: boolean;
  ask(query: Query, token: vscode.CancellationToken): Promise<unknown>;
  close(): Promise<void>;
}

/** Starts the recordings process when the first recording is opened, and anew after it has died. */
export class RecordingEngine {
  #process: RecordingProcess | undefined;
  #lastId = 0;
  readonly #listeners = new Map<number, (progress: IndexProgress) => void>();

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** @throws SpikeBridgeError for a file that is no event recording or cannot be read. */
  async open(
    file: string,
    options: OpenOptions,
    onIndex: (progress: IndexProgress) => void,
  ): Promise<OpenedRecording> {
    const indexFolder = path.join(this.context.globalStorageUri.fsPath, 'indexes');
    await mkdir(indexFolder, { recursive: true });
    const engine = this.#start();
    const recording = ++this.#lastId;
    this.#listeners.set(recording, onIndex);
    const close = async () => {
      this.#listeners.delete(recording);
      if (!engine.isOver) {
        await engine.request(recordingRequests.close, { recording });
      }
    };
    try {
      const summary = await engine.request(recordingRequests.open, { recording, file, indexFolder, options });
      return {
        summary,
        get isLost() {
          return engine.isOver;
        },
        close,
        ask: (query, token) => engine.request(recordingRequests.query, { recording, query }, token),
      };
    } catch (error) {
      await close().catch(() => undefined);
      throw error;
    }
  }

  #start(): RecordingProcess {
    if (!this.#process || this.#process.isOver) {
      this.#process?.dispose();
      this.#process = new RecordingProcess(this.context.extensionPath);
      this.#process.onIndex(({ recording, progress }: IndexEvent) =>
        this.#listeners.get(recording)?.(progress),
      );
      this.#process.onOutput((text) => this.log.info(`recordings: ${text}`));
    }
    return this.#process;
  }

  dispose(): void {
    this.#process?.dispose();
  }
}
