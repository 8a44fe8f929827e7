import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Emitter } from 'vscode-jsonrpc/node';
import { SpikeBridgeError } from '../../engine/errors';
import { printedError } from '../../engine/protocol/printedError';
import { LineTail } from '../runs/lineTail';
import { isProcessAlive } from '../runs/processAlive';

const LOOK_EVERY_MS = 300;
const KEPT_CHARACTERS = 4000;

/** A command of dist/cli.js. */
export interface CommandLaunch {
  /** Absolute path of a Node (or of Electron, which runs as Node). */
  readonly executable: string;
  /** Absolute path of dist/cli.js. */
  readonly script: string;
  readonly arguments: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Working folder. */
  readonly folder: string;
  readonly files: CommandFiles;
}

/** Absolute paths of the files that take a command's output; their folder exists. */
export interface CommandFiles {
  readonly output: string;
  readonly errors: string;
}

/** How a command ended; the exit code is not known of one that was found again. */
export interface CommandEnd {
  readonly code: number | null | undefined;
  /** The last of what it wrote to standard error. */
  readonly errors: string;
}

/**
 * A command of the command line in a process of its own. Its output goes to files instead of pipes, so that it may
 * outlive this extension host and be followed again by the next.
 */
export class CommandProcess {
  readonly #lines = new Emitter<string>();
  /** Each complete line of standard output. */
  readonly onLine = this.#lines.event;
  /** Resolves when the process has ended and all its output was told; never rejects. */
  readonly ended: Promise<CommandEnd>;
  readonly #tail: LineTail;
  readonly #timer: NodeJS.Timeout;
  #finish: (end: CommandEnd) => void = () => undefined;
  #reading = Promise.resolve();

  private constructor(
    readonly processId: number,
    private readonly files: CommandFiles,
    private readonly child?: ChildProcess,
  ) {
    this.#tail = new LineTail(files.output);
    this.ended = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS);
    child?.once('exit', (code) => void this.#end(code));
    child?.unref();
  }

  /** @throws SpikeBridgeError (backend) when the program cannot be started. */
  static async start(launch: CommandLaunch): Promise<CommandProcess> {
    const { executable, script, environment, folder, files } = launch;
    const [output, errors] = [openSync(files.output, 'w'), openSync(files.errors, 'w')];
    try {
      const child = spawn(executable, [script, ...launch.arguments], {
        cwd: folder,
        detached: true,
        env: environment,
        stdio: ['ignore', output, errors],
        windowsHide: true,
      });
      await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
      return new CommandProcess(child.pid ?? 0, files, child);
    } catch (cause) {
      throw new SpikeBridgeError(
        'backend',
        `The command line could not be started with "${executable}".`,
        'Check the setting spikebridge.engine.nodePath; empty means the Node of VS Code.',
        { file: executable },
        { cause },
      );
    } finally {
      closeSync(output);
      closeSync(errors);
    }
  }

  /** Follows a command that another extension host started, from its first line. */
  static attach(processId: number, files: CommandFiles): CommandProcess {
    return new CommandProcess(processId, files);
  }

  /** Reads on, one reader at a time. */
  #look(): Promise<void> {
    this.#reading = this.#reading.then(async () => {
      await this.#read();
      if (!this.child && !(await isProcessAlive(this.processId))) {
        void this.#end(undefined);
      }
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    const { lines } = await this.#tail.read().catch(() => ({ lines: [] as readonly string[] }));
    for (const line of lines) {
      this.#lines.fire(line);
    }
  }

  async #end(code: number | null | undefined): Promise<void> {
    clearInterval(this.#timer);
    await this.#reading;
    await this.#read();
    const errors = await readFile(this.files.errors, 'utf8').catch(() => '');
    this.#finish({ code, errors: errors.slice(-KEPT_CHARACTERS) });
  }

  /** Ends the process at once. */
  kill(): void {
    this.child?.kill();
  }

  /** Stops following; the process goes on. */
  dispose(): void {
    clearInterval(this.#timer);
    this.#lines.dispose();
  }
}

/** Why a command failed, as it said or by how it ended. */
export function failureOfCommand({ code, errors }: CommandEnd): SpikeBridgeError {
  const printed = printedError(errors);
  if (printed) {
    return new SpikeBridgeError('training', printed.message, printed.nextStep);
  }
  const lastLine = errors.trim().split('\n').at(-1);
  return new SpikeBridgeError(
    'backend',
    `The command ended with exit code ${code ?? 'unknown'}${lastLine ? `: ${lastLine}` : '.'}`,
    'Choose "Show Log" for its last output, then try again.',
  );
}
