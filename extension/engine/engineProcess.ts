import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import {
  type CancellationToken,
  createMessageConnection,
  Emitter,
  IPCMessageReader,
  IPCMessageWriter,
  type MessageConnection,
  type RequestType,
  type RequestType0,
  ResponseError,
} from 'vscode-jsonrpc/node';
import { type ErrorReport, SpikeBridgeError } from '../../engine/errors';
import {
  type HelloResult,
  notifications,
  PROTOCOL_VERSION,
  requests,
  type TaskProgress,
} from '../../engine/protocol/engineProtocol';
import { type EngineExit, failureOfExit } from './engineFailure';
import type { EngineLaunch } from './engineLaunch';

const LAST_OUTPUT_CHARACTERS = 4000;

function isReport(data: unknown): data is ErrorReport {
  return typeof data === 'object' && data !== null && 'category' in data && 'nextStep' in data;
}

function errorOfResponse(error: unknown): unknown {
  return error instanceof ResponseError && isReport(error.data)
    ? SpikeBridgeError.fromReport(error.data)
    : error;
}

/**
 * One engine process (dist/engine.js) and the RPC connection to it. Its output goes to a file instead of a pipe,
 * because it must go on when this host ends (window reload).
 */
export class EngineProcess {
  readonly #progress = new Emitter<TaskProgress>();
  readonly onProgress = this.#progress.event;
  readonly #log = new Emitter<{ level: 'info' | 'warning' | 'error'; message: string }>();
  readonly onLog = this.#log.event;
  /** Resolves once, when the process has ended or could not be started; never rejects. */
  readonly exited: Promise<EngineExit>;
  readonly #child: ChildProcess;
  readonly #connection: MessageConnection;
  #detached = false;

  private constructor(readonly launch: EngineLaunch) {
    const output = openSync(launch.logFile, 'a');
    try {
      this.#child = spawn(launch.executable, [launch.script], {
        detached: true,
        env: launch.environment,
        stdio: ['ignore', output, output, 'ipc'],
        windowsHide: true,
      });
    } finally {
      closeSync(output);
    }
    this.exited = this.#whenExited();
    this.#connection = createMessageConnection(
      new IPCMessageReader(this.#child),
      new IPCMessageWriter(this.#child),
    );
    this.#connection.onNotification(notifications.taskProgress, (progress) => this.#progress.fire(progress));
    this.#connection.onNotification(notifications.log, (entry) => this.#log.fire(entry));
    // Without these listeners a broken channel would surface as an unhandled rejection in the extension host.
    this.#connection.onError(() => undefined);
    this.#connection.listen();
  }

  /**
   * Starts an engine process and checks that it speaks this protocol version.
   * @throws SpikeBridgeError (backend) when the process cannot start, ends at once or is of another version.
   */
  static async start(launch: EngineLaunch): Promise<EngineProcess> {
    const engine = new EngineProcess(launch);
    try {
      const hello = await engine.request(requests.hello);
      EngineProcess.#checkVersion(hello);
      return engine;
    } catch (error) {
      engine.dispose();
      throw error;
    }
  }

  static #checkVersion({ protocolVersion, engineVersion }: HelloResult): void {
    if (protocolVersion !== PROTOCOL_VERSION) {
      throw new SpikeBridgeError(
        'backend',
        `The engine ${engineVersion} speaks protocol ${protocolVersion}, this extension ${PROTOCOL_VERSION}.`,
        'Reload the window; if that does not help, install the extension again.',
      );
    }
  }

  get processId(): number {
    return this.#child.pid ?? 0;
  }

  request<R>(type: RequestType0<R, ErrorReport>, token?: CancellationToken): Promise<R>;
  request<P, R>(type: RequestType<P, R, ErrorReport>, parameters: P, token?: CancellationToken): Promise<R>;
  /** Sends a request; rejects with a SpikeBridgeError, also when the process ends before it answers. */
  async request<R>(type: { readonly method: string }, ...rest: unknown[]): Promise<R> {
    const answer = this.#connection.sendRequest<R>(type.method, ...rest.filter((part) => part !== undefined));
    const noAnswer = this.exited.then((exit): never => {
      throw SpikeBridgeError.fromReport(failureOfExit(this.launch.executable, exit));
    });
    noAnswer.catch(() => undefined);
    return Promise.race([answer, noAnswer]).catch(async (error) => {
      const known = errorOfResponse(error);
      // A closed channel is noticed before the exit that explains it.
      throw known instanceof SpikeBridgeError || !this.#ending ? known : await noAnswer;
    });
  }

  get #ending(): boolean {
    return !this.#child.connected || this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #whenExited(): Promise<EngineExit> {
    return new Promise((resolve) => {
      const end = async (exit: Omit<EngineExit, 'lastOutput'>) => {
        const output = await readFile(this.launch.logFile, 'utf8').catch(() => '');
        resolve({ ...exit, lastOutput: output.slice(-LAST_OUTPUT_CHARACTERS) });
      };
      this.#child.on('error', (spawnError) => {
        // Also told when a message could not be sent; only a process without an id has never lived.
        if (this.#child.pid === undefined) {
          void end({ code: null, signal: null, spawnError });
        }
      });
      this.#child.once('exit', (code, signal) => void end({ code, signal }));
    });
  }

  /** Lets go of the process without ending it: a training run outlives the window. */
  detach(): void {
    this.#detached = true;
    this.#connection.dispose();
    if (this.#child.connected) {
      this.#child.disconnect();
    }
    this.#child.unref();
  }

  /** Ends the process, unless it was detached. */
  dispose(): void {
    if (!this.#detached) {
      this.#connection.dispose();
      this.#child.kill();
    }
    this.#progress.dispose();
    this.#log.dispose();
  }
}
