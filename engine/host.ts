import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type MessageConnection,
  ResponseError,
} from 'vscode-jsonrpc/node';
import { diagnoseBackends } from './backends/diagnosis';
import { probeGpu } from './backends/gpuProbe';
import { type ErrorReport, reportOf, SpikeBridgeError } from './errors';
import {
  type CreateSampleParameters,
  type CreateSampleResult,
  notifications,
  PROTOCOL_VERSION,
  type RunOutcome,
  requests,
  type StartRunParameters,
} from './protocol/engineProtocol';
import { ENGINE_VERSION } from './runs/environment';
import { createSampleData } from './sample/createSample';
import { type RunRequest, TransferRun } from './training/transferRun';

/** The engine process (dist/engine.js), forked by the extension host; see protocol/engineProtocol.ts. */

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

function requestOf({ configurationFile, resumeFolder, backend, seed }: StartRunParameters): RunRequest {
  if (resumeFolder !== undefined) {
    return { resumeFolder, backend };
  }
  if (configurationFile === undefined) {
    throw new SpikeBridgeError(
      'usage',
      'neither a configuration nor a run folder was given',
      'Start a run from a configuration.',
    );
  }
  return { configurationFile, backend, seed };
}

/** Serves one extension host; a run that was started goes on when the host goes away. */
class EngineHost {
  private run?: { readonly outcome: Promise<RunOutcome>; readonly stop: AbortController };
  private connected = true;

  constructor(private readonly connection: MessageConnection) {}

  listen(): void {
    const { connection } = this;
    connection.onRequest(requests.hello, () => ({
      protocolVersion: PROTOCOL_VERSION,
      engineVersion: ENGINE_VERSION,
      processId: process.pid,
    }));
    connection.onRequest(requests.startRun, (parameters) => reporting(() => this.startRun(parameters)));
    connection.onRequest(requests.stopRun, () => reporting(() => this.stopRun()));
    connection.onRequest(requests.doctor, () => reporting(diagnoseBackends));
    connection.onRequest(requests.probeGpu, () => reporting(probeGpu));
    connection.onRequest(requests.createSample, (parameters, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      return reporting(() => this.createSample(parameters, abort.signal));
    });
    connection.onClose(() => this.onDisconnect());
    process.on('disconnect', () => this.onDisconnect());
    connection.listen();
  }

  private onDisconnect(): void {
    this.connected = false;
    if (!this.run) {
      process.exit(0);
    }
  }

  private async startRun(parameters: StartRunParameters): Promise<{ runFolder: string }> {
    if (this.run) {
      throw new SpikeBridgeError(
        'usage',
        'this engine process already runs a training',
        'Start another engine process.',
      );
    }
    const run = await TransferRun.open(requestOf(parameters), {
      onStatus: (status) =>
        this.send(() => this.connection.sendNotification(notifications.runStatus, status)),
    });
    const stop = new AbortController();
    const outcome = run.execute(stop.signal).then((status) => ({ status, runFolder: run.runFolder }));
    this.run = { outcome, stop };
    void outcome.then((ended) => this.finish(ended));
    return { runFolder: run.runFolder };
  }

  private async stopRun(): Promise<RunOutcome> {
    if (!this.run) {
      throw new SpikeBridgeError('usage', 'no training runs in this engine process', 'Start a run first.');
    }
    this.run.stop.abort();
    return this.run.outcome;
  }

  /** Tells how the run ended and lets the process end once the message has left. */
  private async finish(outcome: RunOutcome): Promise<void> {
    await this.send(() => this.connection.sendNotification(notifications.runEnded, outcome));
    // A pending stop request is answered by the same promise; give its reply a turn to leave.
    setTimeout(() => process.exit(0), 200);
  }

  private async createSample(
    { folder }: CreateSampleParameters,
    signal: AbortSignal,
  ): Promise<CreateSampleResult> {
    const started = Date.now();
    const made = await createSampleData(folder, {
      signal,
      onProgress: ({ done, total }) => {
        const fraction = done / total;
        const secondsLeft = ((Date.now() - started) / 1000) * (1 / fraction - 1);
        const message = `simulating recording ${done} of ${total}`;
        void this.send(() =>
          this.connection.sendNotification(notifications.taskProgress, { message, fraction, secondsLeft }),
        );
      },
    });
    return { folder: made.folder, configurationFiles: made.configurations };
  }

  /** Messages to a host that has gone are dropped: the run folder tells everything. */
  private async send(message: () => Promise<void>): Promise<void> {
    if (this.connected) {
      await message().catch(() => {});
    }
  }
}

if (!process.send) {
  process.stderr.write(
    'This is the engine process of the SpikeBridge extension; use cli.js on the command line.\n',
  );
  process.exit(2);
}
new EngineHost(
  createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process)),
).listen();
