import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import {
  type CancellationToken,
  createMessageConnection,
  Emitter,
  IPCMessageReader,
  IPCMessageWriter,
  type MessageConnection,
  type RequestType,
  ResponseError,
} from 'vscode-jsonrpc/node';
import { type ErrorReport, SpikeBridgeError } from '../../engine/errors';
import { recordingNotifications } from '../../engine/protocol/recordingEngineProtocol';
import type { IndexProgress } from '../../engine/protocol/recordingProtocol';
import { engineEnvironment } from '../engine/engineLaunch';

/** A recording's index has advanced. */
export interface IndexEvent {
  readonly recording: number;
  readonly progress: IndexProgress;
}

/** The thread of a recording has ended by itself. */
export interface LostEvent {
  readonly recording: number;
  readonly report: ErrorReport;
}

function isReport(data: unknown): data is ErrorReport {
  return typeof data === 'object' && data !== null && 'category' in data && 'nextStep' in data;
}

/**
 * The process that decodes recordings (dist/recordings.js). It is the Node of VS Code itself, never a program that a
 * workspace names, and ends with its owner. Typed arrays travel by structured clone.
 */
export class RecordingProcess {
  readonly #index = new Emitter<IndexEvent>();
  readonly onIndex = this.#index.event;
  readonly #lost = new Emitter<LostEvent>();
  readonly onLost = this.#lost.event;
  readonly #over = new Emitter<ErrorReport>();
  /** The process has ended without being asked to. */
  readonly onOver = this.#over.event;
  readonly #output = new Emitter<string>();
  readonly onOutput = this.#output.event;
  readonly #child: ChildProcess;
  readonly #connection: MessageConnection;
  /** Rejects when the process has ended; never resolves. */
  readonly #ended: Promise<never>;
  #isOver = false;

  constructor(extensionFolder: string) {
    this.#child = fork(path.join(extensionFolder, 'dist', 'recordings.js'), [], {
      env: engineEnvironment(process.env),
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.#output.fire(text.trimEnd()));
    }
    this.#connection = createMessageConnection(
      new IPCMessageReader(this.#child),
      new IPCMessageWriter(this.#child),
    );
    this.#connection.onNotification(recordingNotifications.index, (event) => this.#index.fire(event));
    this.#connection.onNotification(recordingNotifications.lost, (event) => this.#lost.fire(event));
    // Without this listener a broken channel would surface as an unhandled rejection in the extension host.
    this.#connection.onError(() => undefined);
    this.#connection.listen();
    this.#ended = this.#whenEnded();
    this.#ended.catch(() => undefined);
  }

  /** Whether the process has ended, so that another one is needed. */
  get isOver(): boolean {
    return this.#isOver;
  }

  #whenEnded(): Promise<never> {
    return new Promise((_, reject) => {
      const end = (how: string) => {
        this.#isOver = true;
        const error = new SpikeBridgeError(
          'backend',
          `The process that reads recordings ${how}.`,
          'Read the file again; "SpikeBridge: Show Log" has its last output.',
        );
        this.#over.fire(error.toReport());
        reject(error);
      };
      this.#child.once('error', (error) => end(`could not be started: ${error.message}`));
      this.#child.once('exit', (code, signal) => end(`ended (${signal ?? `code ${code}`})`));
    });
  }

  /** Sends a request; rejects with a SpikeBridgeError, also when the process ends before it answers. */
  request<P, R>(type: RequestType<P, R, ErrorReport>, parameters: P, token?: CancellationToken): Promise<R> {
    const answer = token
      ? this.#connection.sendRequest<R>(type.method, parameters, token)
      : this.#connection.sendRequest<R>(type.method, parameters);
    return Promise.race([answer, this.#ended]).catch((error: unknown) => {
      throw error instanceof ResponseError && isReport(error.data)
        ? SpikeBridgeError.fromReport(error.data)
        : error;
    });
  }

  dispose(): void {
    this.#isOver = true;
    this.#connection.dispose();
    this.#child.kill();
    this.#index.dispose();
    this.#lost.dispose();
    this.#over.dispose();
    this.#output.dispose();
  }
}
