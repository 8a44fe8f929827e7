import path from 'node:path';
import * as vscode from 'vscode';
import type { EngineLauncher } from '../engine/engineLauncher';
import { type CommandFiles, CommandProcess, failureOfCommand } from './commandProcess';

/** What to run, and how. */
export interface CommandRequest {
  readonly arguments: readonly string[];
  /** Whether the command trains or evaluates, and so wants the Node that can use the GPU. */
  readonly usesGpu: boolean;
  /** Working folder. Default: the first folder of the workspace. */
  readonly folder?: string;
  /** Whether exit code 1 with output is a result, e.g. a list of findings. */
  readonly reportsFindings?: boolean;
}

/** A started command and the files it can be found by again. */
export interface StartedCommand {
  readonly command: CommandProcess;
  readonly files: CommandFiles;
}

/** Starts commands of dist/cli.js with the user's settings. */
export class CommandLauncher {
  #count = 0;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly launcher: EngineLauncher,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** @throws SpikeBridgeError (backend) when it cannot be started. */
  async start({ arguments: given, usesGpu, folder }: CommandRequest): Promise<StartedCommand> {
    const launch = usesGpu ? await this.launcher.launchForTraining() : await this.launcher.launch();
    const base = `${launch.logFile.replace(/\.log$/, '')}-command${this.#count++}`;
    const files = { output: `${base}.out`, errors: `${base}.log` };
    const script = path.join(this.context.extensionPath, 'dist', 'cli.js');
    this.log.info(`starting ${script} ${given.join(' ')}; output in ${files.output} and ${files.errors}`);
    const command = await CommandProcess.start({
      executable: launch.executable,
      script,
      arguments: given,
      environment: launch.environment,
      folder: folder ?? vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? path.dirname(files.output),
      files,
    });
    void command.ended.then(({ code, errors }) => {
      this.log.info(`command ${given.slice(0, 2).join(' ')} ended (code ${code ?? 'unknown'})`);
      for (const line of errors.split('\n').filter((each) => each !== '')) {
        this.log.info(line);
      }
    });
    return { command, files };
  }

  /**
   * Runs a command to its end, with a notification whose cancel button ends it.
   * @returns the lines of its standard output.
   * @throws SpikeBridgeError as the command reported, vscode.CancellationError when it was cancelled.
   */
  async finish(title: string, request: CommandRequest): Promise<readonly string[]> {
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    return vscode.window.withProgress(options, async (_progress, token) => {
      const { command } = await this.start(request);
      const lines: string[] = [];
      command.onLine((line) => lines.push(line));
      const cancellation = token.onCancellationRequested(() => command.kill());
      try {
        const end = await command.ended;
        if (token.isCancellationRequested) {
          throw new vscode.CancellationError();
        }
        const isFinding = request.reportsFindings && end.code === 1 && lines.length > 0;
        if (end.code !== 0 && !isFinding) {
          throw failureOfCommand(end);
        }
        return lines;
      } finally {
        cancellation.dispose();
        command.dispose();
      }
    });
  }
}
