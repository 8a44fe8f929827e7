import path from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  type CancellationToken,
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type MessageConnection,
  PortMessageReader,
  PortMessageWriter,
  type RequestType,
  ResponseError,
} from 'vscode-jsonrpc/node';
import { type ErrorReport, SpikeBridgeError } from './errors';
import { recordingNotifications, recordingRequests } from './protocol/recordingEngineProtocol';

/**
 * The recordings process (dist/recordings.js), forked by the extension host. Each recording is decoded in a thread of
 * its own; this thread only hands messages on.
 */

const REQUEST_FAILED = -32000;

interface RecordingThread {
  readonly worker: Worker;
  readonly connection: MessageConnection;
  /** Never resolves; rejects when the thread has ended. */
  readonly ended: Promise<never>;
}

/** How long a thread may take to put its files away before it is ended. */
const CLOSE_LIMIT_MS = 2000;

function startThread(
  onIndex: (parameters: unknown) => void,
  onLost: (report: ErrorReport) => void,
): RecordingThread {
  const worker = new Worker(path.join(__dirname, 'recordingThread.js'));
  const connection = createMessageConnection(new PortMessageReader(worker), new PortMessageWriter(worker));
  connection.onNotification(recordingNotifications.index, onIndex);
  connection.listen();
  const ended = new Promise<never>((_, reject) => {
    let reason = 'it ended';
    worker.once('error', (error) => {
      reason = error.message;
    });
    worker.once('exit', () => {
      const error = new SpikeBridgeError(
        'backend',
        `The thread that reads this recording has stopped (${reason}).`,
        'Read the file again.',
      );
      onLost(error.toReport());
      reject(error);
    });
  });
  ended.catch(() => undefined);
  return { worker, connection, ended };
}

/** Hands requests on to the thread of their recording. */
class RecordingHost {
  readonly #threads = new Map<number, RecordingThread>();

  constructor(private readonly connection: MessageConnection) {}

  listen(): void {
    const { connection } = this;
    connection.onRequest(recordingRequests.open, (parameters, token) => {
      const { recording } = parameters;
      const thread = startThread(
        (progress) => void connection.sendNotification(recordingNotifications.index.method, progress),
        (report) => {
          if (this.#threads.has(recording)) {
            void connection.sendNotification(recordingNotifications.lost, { recording, report });
          }
        },
      );
      this.#threads.set(recording, thread);
      return this.#handOn(recordingRequests.open, parameters, token);
    });
    connection.onRequest(recordingRequests.query, (parameters, token) =>
      this.#handOn(recordingRequests.query, parameters, token),
    );
    connection.onRequest(recordingRequests.close, async (parameters, token) => {
      const thread = this.#threads.get(parameters.recording);
      // A thread in the middle of something long is not waited for.
      const late = new Promise((resolve) => setTimeout(resolve, CLOSE_LIMIT_MS).unref());
      await Promise.race([this.#handOn(recordingRequests.close, parameters, token), late]);
      this.#threads.delete(parameters.recording);
      await thread?.worker.terminate();
      return null;
    });
    process.on('disconnect', () => process.exit(0));
    connection.listen();
  }

  async #handOn<Parameters extends { readonly recording: number }, Result>(
    type: RequestType<Parameters, Result, ErrorReport>,
    parameters: Parameters,
    token: CancellationToken,
  ): Promise<Result | ResponseError<ErrorReport>> {
    const thread = this.#threads.get(parameters.recording);
    try {
      if (!thread) {
        throw new SpikeBridgeError('usage', 'this recording is not open', 'Open the file again.');
      }
      return await Promise.race([
        thread.connection.sendRequest<Result>(type.method, parameters, token),
        thread.ended,
      ]);
    } catch (error) {
      if (error instanceof ResponseError) {
        return error as ResponseError<ErrorReport>;
      }
      const report =
        error instanceof SpikeBridgeError
          ? error.toReport()
          : new SpikeBridgeError('backend', String(error), 'Open the file again.').toReport();
      return new ResponseError(REQUEST_FAILED, report.message, report);
    }
  }
}

if (!process.send) {
  process.stderr.write(
    'This is the recordings process of the SpikeBridge extension; use cli.js on the command line.\n',
  );
  process.exit(2);
}
new RecordingHost(
  createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process)),
).listen();
