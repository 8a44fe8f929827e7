import path from 'node:path';
import { activateBackend } from '../backends/activateBackend';
import type { BackendChoice } from '../backends/choice';
import { loadTransferData } from '../datasets/transferData';
import { type Checkpoint, readCheckpoint } from '../runs/checkpoint';
import { EVALUATION_BATCH, type Evaluation, evaluate as evaluateNetwork } from '../training/evaluation';
import { eventInputs } from '../training/runData';
import { buildNetwork, restoreNetwork } from '../training/runModel';
import { EXIT, type ExitCode, formatPercent, formatTable, type Output } from './output';

/** Options of `spikebridge evaluate`. */
export interface EvaluateOptions {
  /** Folder of the recordings; default: the one the checkpoint was trained with. */
  readonly events?: string;
  readonly backend?: BackendChoice;
  readonly json?: boolean;
}

async function evaluateCheckpoint(
  checkpoint: Checkpoint,
  file: string,
  events?: string,
): Promise<Evaluation> {
  const { configuration, classes } = checkpoint;
  const { data: sources, frames, training, seed, loss } = configuration;
  const eventSource = { ...sources.events, ...(events && { folder: path.resolve(events) }) };
  const data = await loadTransferData({
    events: eventSource,
    frames,
    cacheFolder: sources.cacheFolder,
    batchPairs: Math.min(training.batchPairs, 1),
    seed,
    method: 'events-only',
  });
  const network = buildNetwork(configuration, classes.length);
  try {
    restoreNetwork(network, checkpoint, file);
    const batches = eventInputs(data, EVALUATION_BATCH);
    return await evaluateNetwork(network, batches, { steps: frames.timeSteps, loss, pause: async () => {} });
  } finally {
    network.dispose();
  }
}

/** Evaluates checkpoints on their test recordings and prints accuracy and loss. */
export async function evaluate(
  files: readonly string[],
  options: EvaluateOptions,
  output: Output,
): Promise<ExitCode> {
  const checkpoints = await Promise.all(files.map(readCheckpoint));
  const backend = await activateBackend(options.backend ?? 'auto');
  const rows: string[][] = [['checkpoint', 'method', 'iteration', 'accuracy', 'loss', 'recordings']];
  try {
    for (const [index, checkpoint] of checkpoints.entries()) {
      const file = files[index]!;
      output.transient(`evaluating ${file}`);
      const result = await evaluateCheckpoint(checkpoint, file, options.events);
      const { accuracy, loss, recordings } = result;
      const { configuration, iteration } = checkpoint;
      if (options.json) {
        output.print(
          JSON.stringify({ checkpoint: file, method: configuration.method, iteration, ...result }),
        );
      }
      rows.push([
        file,
        configuration.method,
        String(iteration),
        formatPercent(accuracy),
        loss.toFixed(4),
        String(recordings),
      ]);
    }
  } finally {
    await backend.dispose();
  }
  if (!options.json) {
    output.print(formatTable(rows));
  }
  return EXIT.ok;
}
