import { mkdir } from 'node:fs/promises';
import * as vscode from 'vscode';
import { type EngineLaunch, engineLaunch } from './engineLaunch';
import { EngineOutput } from './engineOutput';
import { EngineProcess } from './engineProcess';
import { findPathNode } from './pathNode';
import { startTrainingEngine } from './trainingEngine';

/** Starts engine processes with the user's settings and shows their output in the log channel. */
export class EngineLauncher {
  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** @throws SpikeBridgeError when the process cannot be started. */
  async start(): Promise<EngineProcess> {
    return this.#start(await this.launch());
  }

  /** An engine that may use the GPU; see trainingEngine.ts. @throws SpikeBridgeError when it cannot be started. */
  async startForTraining(): Promise<EngineProcess> {
    const launch = await this.launch();
    const { ELECTRON_RUN_AS_NODE: _, ...environment } = launch.environment;
    return startTrainingEngine({
      launch,
      start: (each) => this.#start(each),
      findNode: () => findPathNode(environment, this.context.extensionPath),
      note: (text) => this.log.warn(text),
    });
  }

  /** How a program that may use the GPU is started here; found out by starting an engine. */
  async launchForTraining(): Promise<EngineLaunch> {
    const engine = await this.startForTraining();
    engine.dispose();
    return engine.launch;
  }

  /** How programs of the engine are started, by the user's settings. */
  async launch(): Promise<EngineLaunch> {
    const logFolder = this.context.logUri.fsPath;
    await mkdir(logFolder, { recursive: true });
    const nodePath = vscode.workspace.getConfiguration('spikebridge').get('engine.nodePath', '');
    return engineLaunch(this.context.extensionPath, logFolder, nodePath);
  }

  async #start(launch: EngineLaunch): Promise<EngineProcess> {
    this.log.info(`starting ${launch.script} with ${launch.executable}; output in ${launch.logFile}`);
    const output = new EngineOutput(launch.logFile, this.log);
    const finish = () => output.flush().then(() => output.dispose());
    try {
      const engine = await EngineProcess.start(launch);
      engine.onLog(({ level, message }) => this.#write(level, message));
      void engine.exited.then(({ code, signal }) => {
        this.log.info(`engine process ${engine.processId} ended (${signal ?? `code ${code}`})`);
        return finish();
      });
      return engine;
    } catch (error) {
      await finish();
      throw error;
    }
  }

  #write(level: 'info' | 'warning' | 'error', message: string): void {
    const write = { info: this.log.info, warning: this.log.warn, error: this.log.error }[level];
    write.call(this.log, message);
  }
}
