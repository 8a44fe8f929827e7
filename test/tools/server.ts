import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Profile } from './profile';
import { ARTIFACTS } from './repository';
import { delay } from './waitFor';

/** A running VS Code server on 127.0.0.1. */
export interface Server {
  /** Without a slash at the end. */
  readonly url: string;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 120_000;
/** Without this, the workbench asks an extension gallery on the internet at every start. */
const NO_GALLERY = JSON.stringify({
  serviceUrl: '',
  itemUrl: '',
  extensionUrlTemplate: '',
  resourceUrlTemplate: '',
  controlUrl: '',
  recommendationsUrl: '',
});

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) {
    signalGroup(child, 'SIGKILL');
  }
});

function requiredVariable(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(
      `${name} is not set: run these tests through npm test, which installs the VS Code server`,
    );
  }
  return value;
}

function environmentOf(profile: Profile, extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    HOME: profile.home,
    XDG_CONFIG_HOME: path.join(profile.home, 'config'),
    XDG_DATA_HOME: path.join(profile.home, 'data'),
    XDG_CACHE_HOME: path.join(profile.home, 'cache'),
    EXTENSIONS_GALLERY: NO_GALLERY,
    ...extra,
  };
}

function profileArguments(profile: Profile): string[] {
  return [
    '--config',
    path.join(profile.folder, 'server.yaml'),
    '--user-data-dir',
    profile.userData,
    '--extensions-dir',
    profile.extensions,
  ];
}

function spawnServer(profile: Profile, flags: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  const entry = requiredVariable('SPIKEBRIDGE_TEST_SERVER');
  const child = spawn(
    requiredVariable('SPIKEBRIDGE_TEST_NODE'),
    [entry, ...profileArguments(profile), ...flags],
    { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-(child.pid ?? 0), signal);
  } catch {
    // The group is gone already.
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    signalGroup(child, 'SIGTERM');
    await Promise.race([ended, delay(5000)]);
  }
  signalGroup(child, 'SIGKILL');
}

/** Resolves to the text that `pattern` captures in the child's output; rejects when the child ends first. */
function outputMatch(child: ChildProcess, pattern: RegExp, logFile: string): Promise<string> {
  mkdirSync(path.dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile);
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer): void => {
      log.write(chunk);
      output = (output + chunk.toString()).slice(-20_000);
      const match = pattern.exec(output)?.[1];
      if (match) {
        resolve(match);
      }
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the server ended with code ${code}: ${output}`)));
    setTimeout(() => reject(new Error(`the server did not start, see ${logFile}`)), START_LIMIT_MS).unref();
  });
}

/** Starts a server for `profile` on a free port; its output goes to artifacts/logs/<name>-server.log. */
export async function startServer(
  profile: Profile,
  name: string,
  options: { readonly env?: NodeJS.ProcessEnv; readonly workspaceTrust?: boolean | undefined } = {},
): Promise<Server> {
  const flags = ['--auth', 'none', '--bind-addr', '127.0.0.1:0'];
  flags.push('--session-socket', path.join(profile.folder, 'session.sock'));
  flags.push('--disable-telemetry', '--disable-update-check');
  flags.push(...(options.workspaceTrust ? [] : ['--disable-workspace-trust']));
  flags.push('--disable-getting-started-override', '--disable-proxy');
  const child = spawnServer(profile, flags, environmentOf(profile, options.env));
  const log = path.join(ARTIFACTS, 'logs', `${name}-server.log`);
  const url = await outputMatch(child, /HTTP server listening on (http:\/\/\S+)/, log);
  return { url: url.replace(/\/$/, ''), stop: () => stop(child) };
}

/** Installs a .vsix into `profile`; rejects with the server's output when that fails. */
export async function installExtension(profile: Profile, vsix: string): Promise<void> {
  const child = spawnServer(profile, ['--install-extension', vsix, '--force'], environmentOf(profile));
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0 || !output.includes('successfully installed')) {
    throw new Error(`installing ${vsix} ended with code ${String(code)}: ${output}`);
  }
}
