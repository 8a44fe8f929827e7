import path from 'node:path';
import type { BackendChoice } from '../backends/choice';
import { SpikeBridgeError } from '../errors';
import type { RunStatus } from '../runs/runStatus';
import { durationText } from '../runs/runText';
import { TransferRun } from '../training/transferRun';
import { Interrupt } from './interrupt';
import { EXIT, type ExitCode, formatPercent, formatTable, invocation, type Output } from './output';
import { RunDisplay } from './runDisplay';
import { makeSample } from './sample';

/** Options of `spikebridge demo`. */
export interface DemoOptions {
  /** Folder of the sample data and the runs. */
  readonly folder: string;
  readonly backend?: BackendChoice;
}

interface DemoRun {
  readonly label: string;
  readonly runFolder: string;
  readonly status: RunStatus;
  readonly seconds: number;
}

async function trainOne(
  configurationFile: string,
  backend: BackendChoice | undefined,
  output: Output,
  interrupt: Interrupt,
): Promise<DemoRun> {
  const label = path.basename(configurationFile).replace('.transfer.jsonc', '');
  const started = Date.now();
  const run = await TransferRun.open({ configurationFile, backend }, new RunDisplay(output, label));
  interrupt.beforeEnd(() => run.abandon());
  const status = await run.execute(interrupt.signal);
  if (status.error) {
    await run.discardFailedStart();
    throw SpikeBridgeError.fromReport(status.error);
  }
  return { label, runFolder: run.runFolder, status, seconds: (Date.now() - started) / 1000 };
}

function comparison(runs: readonly DemoRun[]): string {
  const rows = runs.map(({ label, status, seconds, runFolder }) => [
    label,
    formatPercent(status.lastAccuracy),
    formatPercent(status.bestAccuracy),
    durationText(seconds),
    runFolder,
  ]);
  return formatTable([['method', 'test accuracy', 'best', 'time', 'run folder'], ...rows]);
}

/** Sample data, an events-only run and a KTL run on it, and a table that compares them. */
export async function demo({ folder, backend }: DemoOptions, output: Output): Promise<ExitCode> {
  const interrupt = new Interrupt(output);
  try {
    const made = await makeSample(path.resolve(folder), output, { signal: interrupt.signal });
    const { trainRecordings, testRecordings, images, configurations } = made;
    output.note(
      `sample data: ${trainRecordings} training recordings, ${testRecordings} test recordings, ${images} images`,
    );
    const runs: DemoRun[] = [];
    for (const configurationFile of [...configurations].reverse()) {
      const run = await trainOne(configurationFile, backend, output, interrupt);
      runs.push(run);
      if (run.status.state !== 'finished') {
        output.print(`stopped; continue with: ${invocation()} train --resume "${run.runFolder}"`);
        return EXIT.failure;
      }
    }
    output.print(
      `\nThe same ${testRecordings} event recordings, ${trainRecordings} for training; KTL also saw ${images} static images:\n`,
    );
    output.print(comparison(runs));
    return EXIT.ok;
  } finally {
    interrupt.dispose();
  }
}
