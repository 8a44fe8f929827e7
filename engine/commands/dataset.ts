import path from 'node:path';
import { Command } from 'commander';
import { checkEventSet } from '../datasets/check/checkEventSet';
import { checkImageSet } from '../datasets/check/checkImageSet';
import { classDifferences } from '../datasets/check/classDifferences';
import type { DataSetReport } from '../datasets/check/dataSetReport';
import { isFine } from '../datasets/check/dataSetReport';
import { dataSetsOfFormat, type FoundDataSet, recogniseDataSets } from '../datasets/check/recogniseDataSet';
import { SpikeBridgeError } from '../errors';
import { dataSetLines } from './datasetText';
import type { Finishing } from './events/eventsGroup';
import { progressLine } from './events/progressLine';
import { Interrupt } from './interrupt';
import { EXIT, type ExitCode, type Output } from './output';

/** Options of `spikebridge dataset check`. */
export interface DatasetCheckOptions {
  readonly format?: string;
  readonly json?: boolean;
}

/** A set whose folder cannot even be listed. */
function unlistedReport({ side, format, folder }: FoundDataSet, error: SpikeBridgeError): DataSetReport {
  const { message, nextStep, place } = error;
  return {
    side,
    format,
    title: format,
    folder,
    classes: [],
    samples: 0,
    missing: [],
    problems: [{ file: place.file ?? folder, message, nextStep }],
    warnings: [],
    section: { format, folder },
  };
}

async function checkFound(found: FoundDataSet, output: Output, signal: AbortSignal): Promise<DataSetReport> {
  const report = progressLine(output);
  const phase = `checking ${path.basename(found.folder)} (${found.format})`;
  const options = {
    signal,
    onProgress: ({ done, total }: { done: number; total: number }) => report(phase, done / total),
  };
  try {
    return found.side === 'events'
      ? await checkEventSet(found.format, found.folder, options)
      : await checkImageSet(found.format, found.folder, options);
  } catch (error) {
    if (error instanceof SpikeBridgeError && error.category === 'data') {
      return unlistedReport(found, error);
    }
    if (error instanceof SpikeBridgeError && error.category === 'cancelled') {
      throw new SpikeBridgeError('cancelled', 'the check was cancelled', 'Run it again; it writes nothing.');
    }
    throw error;
  }
}

/**
 * Checks the data sets in a folder: every recording and image is decoded.
 * @returns failure where something is missing, damaged or misplaced.
 * @throws SpikeBridgeError (usage) for a folder or format that is none; (data) where no data set is recognised;
 *   (cancelled) on Ctrl-C.
 */
export async function checkDatasets(
  folder: string,
  { format, json }: DatasetCheckOptions,
  output: Output,
): Promise<ExitCode> {
  const root = path.resolve(folder);
  const found = format === undefined ? await recogniseDataSets(root) : await dataSetsOfFormat(root, format);
  const interrupt = new Interrupt(output, 'a check writes nothing');
  const reports: DataSetReport[] = [];
  try {
    for (const each of found) {
      const report = await checkFound(each, output, interrupt.signal);
      reports.push(report);
      if (!json) {
        output.print(dataSetLines(report).join('\n'));
      }
    }
  } finally {
    interrupt.dispose();
  }
  const differences = classDifferences(reports);
  const fine = reports.every(isFine) && differences.length === 0;
  for (const line of json
    ? [JSON.stringify({ folder: root, fine, differences, dataSets: reports })]
    : differences) {
    output.print(line);
  }
  return fine ? EXIT.ok : EXIT.failure;
}

/** `spikebridge dataset …`: commands for data sets. */
export function datasetGroup(finishing: Finishing, output: Output): Command {
  const group = new Command('dataset').description('look at data sets').exitOverride();
  group
    .command('check')
    .description(
      'decode every recording and image of the data sets in a folder: what is there, missing, damaged, and the section of a run configuration that reads it; exit code 1 where something is missing or damaged',
    )
    .argument('<dir>', 'folder of a data set, or one that holds several')
    .option(
      '--format <name>',
      'format of data.events or data.images; default: found from what is in the folder',
    )
    .option('--json', 'print one JSON object')
    .action(finishing((dir: string, options: DatasetCheckOptions) => checkDatasets(dir, options, output)));
  return group;
}
