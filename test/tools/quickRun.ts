import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'jsonc-parser';
import type { TransferConfigurationInput } from '../../engine/training/configurationSchema';
import { repositoryFile } from './repository';

/** What a test chooses of its run; everything else is small and fixed. */
export interface QuickRunOptions {
  readonly name: string;
  readonly iterations: number;
  readonly evaluateEvery: number;
  readonly checkpointEvery?: number;
}

/** Output and exit code of a command that has ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly output: string;
}

/** Runs the command line (dist/cli.js) to its end. */
export function runCli(args: readonly string[]): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [repositoryFile('dist/cli.js'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('exit', (code) => resolve({ code, output }));
  });
}

/** Makes the sample data with the command line, once per test process; resolves to its folder. */
export async function sharedSample(): Promise<string> {
  process.env.SPIKEBRIDGE_TEST_SAMPLE ??= await createSample();
  return process.env.SPIKEBRIDGE_TEST_SAMPLE;
}

async function createSample(): Promise<string> {
  const folder = path.join(await mkdtemp(path.join(tmpdir(), 'spikebridge-sample-')), 'sample');
  const { code, output } = await runCli(['sample', folder]);
  if (code !== 0) {
    throw new Error(`sample ${folder} ended with exit code ${code}: ${output}`);
  }
  return folder;
}

function readConfiguration(sampleFolder: string, method: string): TransferConfigurationInput {
  const files = readdirSync(sampleFolder).filter((name) => name.endsWith('.transfer.jsonc'));
  const found = files
    .map((name): TransferConfigurationInput => parse(readFileSync(path.join(sampleFolder, name), 'utf8')))
    .find((configuration) => configuration.method === method);
  if (!found) {
    throw new Error(`${sampleFolder} has no configuration of the method ${method}: ${files.join(', ')}`);
  }
  return found;
}

/** Text of a KTL configuration on the sample data that trains a tiny network for a few iterations. */
export function quickConfiguration(sampleFolder: string, options: QuickRunOptions): string {
  const sample = readConfiguration(sampleFolder, 'ktl');
  const { events, images } = sample.data;
  if (events.format !== 'n-mnist') {
    throw new Error(`the sample data are ${events.format}, not n-mnist`);
  }
  const configuration: TransferConfigurationInput = {
    name: options.name,
    method: 'ktl',
    seed: 7,
    threads: 1,
    data: {
      events: {
        ...events,
        folder: path.resolve(sampleFolder, events.folder),
        test: [{ split: 'Test', perClass: 10 }],
      },
      ...(images && { images: { ...images, folder: path.resolve(sampleFolder, images.folder) } }),
    },
    frames: { timeSteps: 4, sizePixels: 34 },
    network: { preset: 'nmnist-1k', channels: [4, 4, 8, 8, 16, 16] },
    optimizer: { warmup: 5 },
    training: {
      batchPairs: 10,
      iterations: options.iterations,
      evaluateEvery: options.evaluateEvery,
      ...(options.checkpointEvery && { checkpointEvery: options.checkpointEvery }),
    },
  };
  return `// Written by a test.\n${JSON.stringify(configuration, null, 2)}\n`;
}
