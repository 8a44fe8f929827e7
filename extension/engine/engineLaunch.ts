import path from 'node:path';

/** Everything needed to start an engine process. */
export interface EngineLaunch {
  /** Absolute path of a Node (or of Electron, which runs as Node). */
  readonly executable: string;
  /** Absolute path of dist/engine.js. */
  readonly script: string;
  /** Absolute path of the file that takes the process's output; its folder exists. */
  readonly logFile: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Variables of the extension host that would change how the engine's Node behaves. */
const HOST_ONLY = /^(VSCODE_|ELECTRON_|NODE_OPTIONS$|NODE_CHANNEL_)/;

/** The engine's environment: the host's, without what belongs to VS Code; Electron is told to run as Node. */
export function engineEnvironment(host: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(host).filter(([name]) => !HOST_ONLY.test(name));
  return { ...Object.fromEntries(kept), ELECTRON_RUN_AS_NODE: '1' };
}

/**
 * @param nodePath the setting spikebridge.engine.nodePath; empty takes the Node of the extension host.
 * @param logFolder existing folder for the output of engine processes.
 */
export function engineLaunch(extensionFolder: string, logFolder: string, nodePath: string): EngineLaunch {
  const stamp = new Date().toISOString().replace(/[:.]/g, '-');
  return {
    executable: nodePath.trim() || process.execPath,
    script: path.join(extensionFolder, 'dist', 'engine.js'),
    logFile: path.join(logFolder, `engine-${stamp}.log`),
    environment: engineEnvironment(process.env),
  };
}
