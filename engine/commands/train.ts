import path from 'node:path';
import type { BackendChoice } from '../backends/choice';
import { SpikeBridgeError } from '../errors';
import { readRunStatus } from '../runs/readRunStatus';
import type { RunStatus } from '../runs/runStatus';
import { durationText } from '../runs/runText';
import { type RunRequest, TransferRun } from '../training/transferRun';
import { Interrupt } from './interrupt';
import { EXIT, type ExitCode, formatPercent, invocation, type Output, printError } from './output';
import { JsonDisplay, RunDisplay } from './runDisplay';

/** Options of `spikebridge train`. */
export interface TrainOptions {
  readonly out?: string;
  readonly backend?: BackendChoice;
  readonly seed?: number;
  readonly resume?: string;
  readonly json?: boolean;
}

function requestOf(
  configurationFile: string | undefined,
  { out, backend, seed, resume }: TrainOptions,
): RunRequest {
  if (resume !== undefined) {
    if (configurationFile !== undefined || out !== undefined || seed !== undefined) {
      throw new SpikeBridgeError(
        'usage',
        '--resume takes configuration, seed and folder from the run folder',
        'Leave out CONFIG, --out and --seed.',
      );
    }
    return { resumeFolder: resume, backend };
  }
  if (configurationFile === undefined) {
    throw new SpikeBridgeError(
      'usage',
      'no run configuration given',
      'Name a *.transfer.jsonc file, or use --resume DIR.',
    );
  }
  return { configurationFile, outFolder: out, backend, seed };
}

const continueText = (runFolder: string) => `continue with: ${invocation()} train --resume "${runFolder}"`;

/** @param runFolder undefined where it was removed. */
function printOutcome(output: Output, status: RunStatus, runFolder: string | undefined): void {
  const { state, iteration, iterations, lastAccuracy, bestAccuracy, error } = status;
  if (error) {
    printError(output, SpikeBridgeError.fromReport(error));
  }
  const where = iterations > 0 ? ` at iteration ${iteration}/${iterations}` : '';
  const best = bestAccuracy === undefined ? '' : ` (best ${formatPercent(bestAccuracy)})`;
  const accuracy = `test accuracy ${formatPercent(lastAccuracy)}${best}`;
  output.print(`${state}${where}, ${accuracy}`);
  if (runFolder === undefined) {
    output.print('nothing was trained: no run folder is kept');
    return;
  }
  output.print(`run folder: ${runFolder}`);
  if (state !== 'finished' && iteration > 0) {
    output.print(continueText(runFolder));
  }
}

/** The status of a run to resume that has ended as it should: nothing of it is touched. */
async function finishedStatus({ resume }: TrainOptions): Promise<RunStatus | undefined> {
  const status = resume === undefined ? undefined : await readRunStatus(path.resolve(resume));
  return status?.state === 'finished' ? status : undefined;
}

/** Prints how a run ended that has nothing left to train. */
function printFinished(output: Output, status: RunStatus, { resume = '', json }: TrainOptions): ExitCode {
  const runFolder = path.resolve(resume);
  if (json) {
    output.print(JSON.stringify({ kind: 'outcome', runFolder, status }));
  } else {
    output.note('the run had finished before: nothing is left to train');
    printOutcome(output, status, runFolder);
  }
  return EXIT.ok;
}

/** Trains, or resumes a run; Ctrl-C stops it with a complete folder. */
export async function train(
  configurationFile: string | undefined,
  options: TrainOptions,
  output: Output,
): Promise<ExitCode> {
  const request = requestOf(configurationFile, options);
  const finished = await finishedStatus(options);
  if (finished) {
    return printFinished(output, finished, options);
  }
  const display = options.json ? new JsonDisplay(output) : new RunDisplay(output, 'train');
  const interrupt = new Interrupt(output, 'the run continues from its last checkpoint');
  try {
    const started = Date.now();
    const run = await TransferRun.open(request, display);
    interrupt.beforeEnd(() => {
      run.abandon();
      output.note(continueText(run.runFolder));
    });
    const status = await run.execute(interrupt.signal);
    if (options.json) {
      // Whoever reads the lines looks into the folder, also of a run that failed at its start.
      output.print(JSON.stringify({ kind: 'outcome', runFolder: run.runFolder, status }));
    } else {
      printOutcome(output, status, (await run.discardFailedStart()) ? undefined : run.runFolder);
      output.note(`took ${durationText((Date.now() - started) / 1000)}`);
    }
    return status.state === 'finished' ? EXIT.ok : EXIT.failure;
  } finally {
    interrupt.dispose();
  }
}
