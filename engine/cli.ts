import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import {
  BACKEND_CHOICES,
  type BackendChoice,
  PRECISION_CHOICES,
  type PrecisionChoice,
} from './backends/choice';
import { type ConvertOptions, convert } from './commands/convert';
import { datasetGroup } from './commands/dataset';
import { demo } from './commands/demo';
import { doctor } from './commands/doctor';
import { type EvaluateOptions, evaluate } from './commands/evaluate';
import { eventsGroup } from './commands/events/eventsGroup';
import { experimentGroup } from './commands/experiment';
import { EXIT, type ExitCode, endWhenUnwritable, printError, processOutput } from './commands/output';
import { parity } from './commands/parity';
import { sample } from './commands/sample';
import { type TrainOptions, train } from './commands/train';
import { SpikeBridgeError } from './errors';
import { ENGINE_VERSION } from './runs/environment';

/** The command line: dist/cli.js, bin name spikebridge. */

const output = processOutput();

function parseSeed(text: string): number {
  const seed = Number(text);
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new InvalidArgumentError('a whole number from 0 to 4294967295 is needed.');
  }
  return seed;
}

const precisionOption = () =>
  new Option('--precision <name>', 'of a GPU; auto takes f16 where it multiplies it as matrices').choices([
    ...PRECISION_CHOICES,
  ]);
const backendOption = () =>
  new Option('--backend <name>', 'auto takes the fastest backend present').choices([...BACKEND_CHOICES]);
const seedOption = () => new Option('--seed <number>', 'overrides the seed').argParser(parseSeed);

/** Runs a command and leaves its exit code; errors are printed with place and next step. */
function finishing<Arguments extends unknown[]>(command: (...given: Arguments) => Promise<ExitCode>) {
  return async (...given: Arguments): Promise<void> => {
    try {
      process.exitCode = await command(...given);
    } catch (error) {
      printError(output, error);
      process.exitCode =
        error instanceof SpikeBridgeError && error.category === 'usage' ? EXIT.usage : EXIT.failure;
    }
  };
}

function buildProgram(): Command {
  const program = new Command('spikebridge')
    .description(
      'Trains spiking neural networks on static images and carries the knowledge over to event recordings.',
    )
    .version(ENGINE_VERSION)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });
  program
    .command('demo')
    .description('make sample data, train events-only and KTL on it, compare them')
    .option('--dir <folder>', 'folder for sample data and runs', 'demo')
    .addOption(backendOption())
    .action(
      finishing(({ dir, backend }: { dir: string; backend?: BackendChoice }) =>
        demo({ folder: dir, backend }, output),
      ),
    );
  program
    .command('sample')
    .description('write sample data and run configurations')
    .argument(
      '<dir>',
      'new or empty folder, or earlier sample data, which is replaced (edited configurations stay)',
    )
    .addOption(seedOption())
    .action(finishing((dir: string, options: { seed?: number }) => sample(dir, options, output)));
  program
    .command('train')
    .description('train a run configuration, or resume a run folder; Ctrl-C stops with a complete folder')
    .argument('[config]', 'a *.transfer.jsonc file')
    .option('--out <dir>', 'run folder to make; default: a new one in the runs folder of the configuration')
    .option('--resume <dir>', 'run folder to continue exactly where its last checkpoint is')
    .addOption(backendOption())
    .addOption(seedOption())
    .option('--json', 'print status and metrics as JSON lines')
    .action(finishing((config: string | undefined, options: TrainOptions) => train(config, options, output)));
  program
    .command('evaluate')
    .description('evaluate checkpoints on their test recordings')
    .argument(
      '<checkpoint...>',
      '.safetensors files of run folders, or .pth and .safetensors of other programs',
    )
    .option('--configuration <file>', 'run configuration for checkpoints of other programs')
    .option('--events <dir>', 'folder of the recordings; default: the one the run was trained with')
    .addOption(backendOption())
    .option('--json', 'print one JSON object per checkpoint')
    .action(finishing((files: string[], options: EvaluateOptions) => evaluate(files, options, output)));
  program
    .command('convert')
    .description('write the weights of a checkpoint (.pth, .pth.tar, .safetensors) as safetensors')
    .argument('<checkpoint>', 'file to read; pickles may hold tensors and plain containers only')
    .argument('<out>', 'a .safetensors file to write')
    .option('--force', 'replace the output if it exists')
    .action(
      finishing((source: string, target: string, options: ConvertOptions) =>
        convert(source, target, options, output),
      ),
    );
  program
    .command('parity')
    .description("compare with golden cases of the authors' modules; exit code 1 when out of tolerance")
    .argument('<case_dir...>', 'folders with case.json and tensors.safetensors, or folders of such folders')
    .addOption(backendOption())
    .addOption(precisionOption())
    .action(
      finishing((folders: string[], options: { backend?: BackendChoice; precision?: PrecisionChoice }) =>
        parity(folders, options, output),
      ),
    );
  program
    .command('doctor')
    .description('test the backends of this machine; says why one is missing')
    .option('--json', 'print one JSON object')
    .action(finishing((options: { json?: boolean }) => doctor(options, output)));
  program.addCommand(datasetGroup(finishing, output));
  program.addCommand(eventsGroup(finishing, output));
  program.addCommand(experimentGroup(finishing, output, backendOption));
  return program;
}

async function main(): Promise<void> {
  const [, , command] = process.argv;
  endWhenUnwritable(command, [process.stdout, process.stderr], output, (code) => process.exit(code));
  try {
    await buildProgram().parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      throw error;
    }
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
}

void main();
