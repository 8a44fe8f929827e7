import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { BackendChoice } from '../backends/choice';
import { type ErrorReport, SpikeBridgeError } from '../errors';
import { printedError } from '../protocol/printedError';
import { writeAtomically } from '../runs/atomicWrite';
import { runFile } from '../runs/runFolder';
import type { RunStatus } from '../runs/runStatus';
import { killAtExit } from './killAtExit';
import type { PlannedRun } from './plan';

/** How a run ended; a stopped one has a complete folder and can be resumed. */
export interface TrainOutcome {
  readonly state: 'finished' | 'stopped' | 'failed';
  readonly error?: ErrorReport;
}

export interface TrainOptions {
  /** Continue the run folder instead of making it. */
  readonly resume: boolean;
  readonly backend?: BackendChoice;
  readonly signal: AbortSignal;
  onStatus(status: RunStatus): void;
}

/** Trains one run to its end; never throws. */
export type TrainRun = (run: PlannedRun, options: TrainOptions) => Promise<TrainOutcome>;

const KEPT_CHARACTERS = 4000;
const NEXT_STEP = 'Run the experiment again: what has finished is kept.';

/** What `train` printed about its failure, as a report. */
export function reportOfOutput(output: string, code: number | null, signal: string | null): ErrorReport {
  const printed = printedError(output);
  if (printed) {
    return { category: 'training', ...printed };
  }
  const lastLine = output.trim().split('\n').at(-1);
  const how = signal ? `was ended by the signal ${signal}` : `ended with exit code ${code}`;
  return {
    category: 'training',
    message: `the training process ${how}${lastLine ? `: ${lastLine}` : ''}`,
    nextStep: NEXT_STEP,
  };
}

function argumentsOf(run: PlannedRun, { resume, backend }: TrainOptions): string[] {
  const what = resume ? ['--resume', run.runFolder] : [run.configurationFile, '--out', run.runFolder];
  return ['train', ...what, ...(backend ? ['--backend', backend] : []), '--json'];
}

/** Asks the process to stop after its iteration; Windows has no signals, but the run looks for a file. */
function askToStop(child: ChildProcess, runFolder: string): void {
  if (process.platform === 'win32') {
    void writeAtomically(runFile(runFolder, 'stopRequest'), '').catch(() => child.kill());
  } else {
    child.kill('SIGTERM');
  }
}

type Message = (RunStatus & { readonly kind: 'status' }) | { readonly kind: 'outcome'; status: RunStatus };

/** A status or outcome line; the metrics between them are in the run folder too. */
function messageOf(line: string): Message | undefined {
  return /^\{"kind":"(?:status|outcome)"/.test(line) ? (JSON.parse(line) as Message) : undefined;
}

function outcomeOf({ state, error }: RunStatus): TrainOutcome {
  const ended = state === 'finished' || state === 'stopped' ? state : 'failed';
  return { state: ended, ...(error && { error }) };
}

/** Resolves when the process and its output have ended. */
function ended(
  child: ChildProcess,
): Promise<{ code: number | null; signal: string | null; failure?: Error }> {
  return new Promise((resolve) => {
    child.once('error', (failure) => resolve({ code: null, signal: null, failure }));
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

/**
 * Trains in a process of its own: memory and GPU are free after each run, and a crash is one run's failure. It is in
 * a process group of its own, so that Ctrl-C reaches it only through us, once.
 */
export const trainInProcess: TrainRun = async (run, options) => {
  const script = path.join(__dirname, 'cli.js');
  const child = spawn(process.execPath, [script, ...argumentsOf(run, options)], {
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const letLive = killAtExit(child);
  const stop = () => askToStop(child, run.runFolder);
  options.signal.addEventListener('abort', stop);
  let output = '';
  let last: RunStatus | undefined;
  child.stderr.on('data', (chunk) => {
    output = `${output}${chunk}`.slice(-KEPT_CHARACTERS);
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = messageOf(line);
    if (message?.kind === 'status') {
      options.onStatus(message);
    } else if (message) {
      last = message.status;
    }
  });
  const { code, signal, failure } = await ended(child);
  letLive();
  options.signal.removeEventListener('abort', stop);
  if (last) {
    return outcomeOf(last);
  }
  const error = failure
    ? new SpikeBridgeError('backend', failure.message, NEXT_STEP).toReport()
    : reportOfOutput(output, code, signal);
  return { state: options.signal.aborted ? 'stopped' : 'failed', error };
};
