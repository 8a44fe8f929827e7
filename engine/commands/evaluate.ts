import path from 'node:path';
import type { BackendChoice } from '../backends/choice';
import { type NamedArrays, readAnyCheckpoint } from '../checkpoints/anyCheckpoint';
import { nameReportLines, reportNames } from '../checkpoints/nameReport';
import { trainsOnImages } from '../methods/methodPreset';
import { type CheckpointFacts, readCheckpoint } from '../runs/checkpoint';
import { readConfiguration, type TransferConfiguration } from '../training/configuration';
import { type Evaluation, evaluate as evaluateNetwork } from '../training/evaluation';
import { loadRunData } from '../training/runData';
import { buildNetwork, restoreNetwork, stepsOf } from '../training/runModel';
import { EXIT, type ExitCode, formatPercent, formatTable, type Output } from './output';
import { startBackend, tellingCompilation } from './startBackend';

/** Options of `spikebridge evaluate`. */
export interface EvaluateOptions {
  /** Folder of the recordings; default: the one the checkpoint was trained with. */
  readonly events?: string;
  /** Run configuration for checkpoints of other programs, which have none inside. */
  readonly configuration?: string;
  readonly backend?: BackendChoice;
  readonly json?: boolean;
}

/** Weights with the configuration they are evaluated under. */
interface Evaluated {
  readonly file: string;
  readonly configuration: TransferConfiguration;
  readonly arrays: NamedArrays;
  /** Classes it was trained on; unknown for checkpoints of other programs. */
  readonly classes?: CheckpointFacts['classes'];
  readonly iteration?: number;
}

async function readEvaluated(file: string, configurationFile?: string): Promise<Evaluated> {
  if (configurationFile === undefined) {
    return { file, ...(await readCheckpoint(file)) };
  }
  const configuration = await readConfiguration(configurationFile);
  return { file, configuration, arrays: await readAnyCheckpoint(file) };
}

/** What to test on, without loading images that only training needs. */
function loadTestData({ configuration }: Evaluated, events?: string) {
  const { data, method, training } = configuration;
  const folder = events === undefined ? data.events.folder : path.resolve(events);
  const sources = { ...data, events: { ...data.events, folder } };
  return trainsOnImages(method)
    ? loadRunData({ ...configuration, data: sources }, {})
    : loadRunData(
        { ...configuration, data: sources, method: 'events-only', training: { ...training, batchPairs: 1 } },
        {},
      );
}

async function evaluateOne(
  evaluated: Evaluated,
  options: EvaluateOptions,
  output: Output,
): Promise<Evaluation> {
  const { configuration, arrays, file } = evaluated;
  const data = await loadTestData(evaluated, options.events);
  const network = buildNetwork(configuration, (evaluated.classes ?? data.classes).length);
  try {
    if (options.configuration !== undefined) {
      for (const line of nameReportLines(reportNames(network, arrays))) {
        output.note(`${file}: ${line}`);
      }
    }
    restoreNetwork(network, { arrays }, file);
    return await evaluateNetwork(network, (batch) => data.testBatches(batch), {
      steps: stepsOf(configuration),
      loss: configuration.loss,
      pause: async () => {},
    });
  } finally {
    network.dispose();
    await data.dispose();
  }
}

/** Evaluates checkpoints on their test recordings and prints accuracy and loss. */
export async function evaluate(
  files: readonly string[],
  options: EvaluateOptions,
  output: Output,
): Promise<ExitCode> {
  const checkpoints = await Promise.all(files.map((file) => readEvaluated(file, options.configuration)));
  const backend = await startBackend(options.backend ?? 'auto', {}, output);
  const rows: string[][] = [['checkpoint', 'method', 'iteration', 'accuracy', 'loss', 'tested']];
  try {
    for (const evaluated of checkpoints) {
      const { file, configuration, iteration } = evaluated;
      const label = `evaluating ${file}`;
      output.transient(label);
      const result = await tellingCompilation(output, label, evaluateOne(evaluated, options, output));
      const { accuracy, loss, recordings } = result;
      const { method } = configuration;
      if (options.json) {
        output.print(JSON.stringify({ checkpoint: file, method, iteration, ...result }));
      }
      rows.push([
        file,
        method,
        iteration === undefined ? '-' : String(iteration),
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
