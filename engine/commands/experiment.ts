import { Command, InvalidArgumentError, type Option } from 'commander';
import type { Finishing } from './events/eventsGroup';
import { type ExperimentRunArguments, experimentRun } from './experimentRun';
import { experimentList, experimentShow, experimentTable } from './experimentTable';
import type { Output } from './output';

const LARGEST_SEED = 2 ** 32 - 1;
const MOST_JOBS = 64;

function wholeNumber(text: string, least: number, most: number): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isInteger(number) || number < least || number > most) {
    throw new InvalidArgumentError(`whole numbers from ${least} to ${most} are needed.`);
  }
  return number;
}

const parseSeeds = (text: string) => text.split(',').map((each) => wholeNumber(each, 0, LARGEST_SEED));
const parseJobs = (text: string) => wholeNumber(text, 1, MOST_JOBS);
const parseRows = (text: string) => text.split(',').map((each) => each.trim());

function parseShrink(text: string): number {
  const factor = Number(text);
  if (!(factor > 0 && factor <= 1)) {
    throw new InvalidArgumentError('a number above 0, at most 1, is needed.');
  }
  return factor;
}

const collect = (text: string, earlier: readonly string[] = []) => [...earlier, text];

function addRun(group: Command, finishing: Finishing, output: Output, backend: Option): void {
  group
    .command('run')
    .description('train all rows and seeds that have not finished yet, and print the table')
    .argument('<name>', 'an experiment of `experiment list`')
    .requiredOption('--data <dir>', 'folder of the data sets, or the event data set itself')
    .option('--images <dir>', 'folder of the static images; default: found in --data')
    .option('--seeds <list>', 'e.g. 42,1024; default: those of the experiment', parseSeeds)
    .option('--rows <list>', 'row ids of `experiment show`; default: all', parseRows)
    .option('--shrink <factor>', 'scales length, batch and recordings, for trials', parseShrink, 1)
    .option('--set <key=value>', 'changes a key of every configuration; may be repeated', collect)
    .option('--split <mode>', 'paper: split and pairing of the authors; default: nothing leaks')
    .option('--order <file>', 'paper: listing of the recordings as on the authors\' machine, or "sorted"')
    .option('--out <dir>', 'folder of the runs and the table; default: experiments/<name>')
    .option('--jobs <number>', 'runs at a time, with the threads divided among them', parseJobs, 1)
    .addOption(backend)
    .option('--json', 'print progress and the table as JSON lines')
    .action(
      finishing((name: string, options: ExperimentRunArguments) => experimentRun(name, options, output)),
    );
}

/** `spikebridge experiment …`: the rows of the papers, and what became of them. */
export function experimentGroup(finishing: Finishing, output: Output, backendOption: () => Option): Command {
  const group = new Command('experiment')
    .description('run the named experiments of the papers, row by row')
    .exitOverride();
  group
    .command('list')
    .description('name the experiments')
    .option('--json', 'print one JSON object per experiment')
    .action(finishing((options: { json?: boolean }) => experimentList(options, output)));
  group
    .command('show')
    .description(
      'rows of an experiment: what they change, seeds, published numbers, where their data must lie',
    )
    .argument('<name>')
    .option('--json', 'print the experiment as JSON')
    .action(finishing((name: string, options: { json?: boolean }) => experimentShow(name, options, output)));
  addRun(group, finishing, output, backendOption());
  group
    .command('table')
    .description('print the table again from the run folders')
    .argument('<name>')
    .option('--out <dir>', 'folder of the experiment; default: experiments/<name>')
    .option('--json', 'print the table as JSON')
    .action(
      finishing((name: string, options: { out?: string; json?: boolean }) =>
        experimentTable(name, options, output),
      ),
    );
  return group;
}
