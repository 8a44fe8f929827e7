import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type * as vscode from 'vscode';
import { type ErrorReport, formatReport } from '../../engine/errors';
import type { OpenOptions } from '../../engine/events/recording';
import { recordingRequests } from '../../engine/protocol/recordingEngineProtocol';
import type { IndexProgress, Query, RecordingSummary } from '../../engine/protocol/recordingProtocol';
import { RecordingProcess } from './recordingProcess';

/** A recording that is open in the process. */
export interface OpenedRecording {
  readonly summary: RecordingSummary;
  /** Whether the process that had it open has ended. */
  readonly isLost: boolean;
  ask(query: Query, token: vscode.CancellationToken): Promise<unknown>;
  close(): Promise<void>;
}

/** Who is told of a recording. */
export interface RecordingListener {
  onIndex(progress: IndexProgress): void;
  /** Its reader has ended by itself; called at most once. */
  onLost(report: ErrorReport): void;
}

interface Reader {
  readonly process: RecordingProcess;
  readonly listener: RecordingListener;
  isLost: boolean;
}

/** Starts the recordings process when the first recording is opened, and anew after it has died. */
export class RecordingEngine {
  #process: RecordingProcess | undefined;
  #lastId = 0;
  readonly #readers = new Map<number, Reader>();

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** @throws SpikeBridgeError for a file that is no event recording or cannot be read. */
  async open(file: string, options: OpenOptions, listener: RecordingListener): Promise<OpenedRecording> {
    const indexFolder = path.join(this.context.globalStorageUri.fsPath, 'indexes');
    await mkdir(indexFolder, { recursive: true });
    const engine = this.#start();
    const recording = ++this.#lastId;
    const reader: Reader = { process: engine, listener, isLost: false };
    this.#readers.set(recording, reader);
    const close = async () => {
      this.#readers.delete(recording);
      if (!engine.isOver) {
        await engine.request(recordingRequests.close, { recording });
      }
    };
    try {
      const summary = await engine.request(recordingRequests.open, { recording, file, indexFolder, options });
      return {
        summary,
        get isLost() {
          return reader.isLost || engine.isOver;
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
      const process = new RecordingProcess(this.context.extensionPath);
      process.onIndex(({ recording, progress }) => this.#readers.get(recording)?.listener.onIndex(progress));
      process.onLost(({ recording, report }) => this.#lose(this.#readers.get(recording), report));
      process.onOver((report) => {
        for (const reader of this.#readers.values()) {
          this.#lose(reader.process === process ? reader : undefined, report);
        }
      });
      process.onOutput((text) => this.log.info(`recordings: ${text}`));
      this.#process = process;
    }
    return this.#process;
  }

  #lose(reader: Reader | undefined, report: ErrorReport): void {
    if (reader && !reader.isLost) {
      reader.isLost = true;
      this.log.error(formatReport(report));
      reader.listener.onLost(report);
    }
  }

  dispose(): void {
    this.#process?.dispose();
  }
}
