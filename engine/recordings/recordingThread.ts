import { parentPort } from 'node:worker_threads';
import {
  createMessageConnection,
  type MessageConnection,
  PortMessageReader,
  PortMessageWriter,
  ResponseError,
} from 'vscode-jsonrpc/node';
import { type ErrorReport, reportOf, SpikeBridgeError } from '../errors';
import {
  type OpenRecordingParameters,
  recordingNotifications,
  recordingRequests,
} from '../protocol/recordingEngineProtocol';
import type { RecordingSummary } from '../protocol/recordingProtocol';
import { RecordingSession } from './recordingSession';

/** The thread of one recording (dist/recordingThread.js), started by the recordings process. */

const REQUEST_FAILED = -32000;

/** Lets failures travel as ErrorReports. */
async function reporting<Result>(work: () => Promise<Result>): Promise<Result | ResponseError<ErrorReport>> {
  try {
    return await work();
  } catch (error) {
    const report = reportOf(error);
    return new ResponseError(REQUEST_FAILED, report.message, report);
  }
}

/** Serves the one recording of this thread. */
class RecordingThread {
  #session: RecordingSession | undefined;
  /** Questions that are being answered, and how to withdraw them. */
  readonly #running = new Map<AbortController, Promise<unknown>>();

  constructor(private readonly connection: MessageConnection) {}

  listen(): void {
    const { connection } = this;
    connection.onRequest(recordingRequests.open, (parameters) => reporting(() => this.#open(parameters)));
    connection.onRequest(recordingRequests.query, ({ query }, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      const answer = reporting(async () => this.#opened.answer(query.name, query.parameters, abort.signal));
      this.#running.set(abort, answer);
      return answer.finally(() => this.#running.delete(abort));
    });
    connection.onRequest(recordingRequests.close, () =>
      reporting(async () => {
        await this.#withdrawAll();
        await this.#session?.close();
        return null;
      }),
    );
    connection.listen();
  }

  /** An export removes what it has written, before the thread ends. */
  async #withdrawAll(): Promise<void> {
    for (const abort of this.#running.keys()) {
      abort.abort();
    }
    await Promise.all(this.#running.values());
  }

  get #opened(): RecordingSession {
    if (!this.#session) {
      throw new SpikeBridgeError('usage', 'no recording is open in this thread', 'Open the file again.');
    }
    return this.#session;
  }

  async #open(parameters: OpenRecordingParameters): Promise<RecordingSummary> {
    const { recording } = parameters;
    this.#session = await RecordingSession.open(parameters, (progress) => {
      void this.connection.sendNotification(recordingNotifications.index, { recording, progress });
    });
    return this.#session.summary;
  }
}

if (parentPort) {
  new RecordingThread(
    createMessageConnection(new PortMessageReader(parentPort), new PortMessageWriter(parentPort)),
  ).listen();
}
