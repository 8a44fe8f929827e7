// Child processes that never outlive this one. Each command runs in its own process group; whatever leaves its group
// (an engine that trains on without its window, a browser) still carries the session's mark in its environment.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const SESSION_VARIABLE = 'SPIKEBRIDGE_TEST_SESSION';
const session = `${process.pid}-${Date.now()}`;
const alive = new Set();

function signalGroup(processId, signal) {
  try {
    process.kill(-processId, signal);
  } catch {
    // The group is gone already.
  }
}

function carriesMark(processId, mark) {
  try {
    return readFileSync(`/proc/${processId}/environ`, 'latin1').split('\0').includes(mark);
  } catch {
    return false;
  }
}

/** Ends every process that a command of this session started and left behind (Linux; elsewhere only the groups). */
export function endLeftovers() {
  for (const child of alive) {
    signalGroup(child.pid, 'SIGKILL');
  }
  if (process.platform !== 'linux') {
    return;
  }
  const mark = `${SESSION_VARIABLE}=${session}`;
  const others = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  for (const processId of others.filter((name) => carriesMark(name, mark))) {
    try {
      process.kill(Number(processId), 'SIGKILL');
    } catch {
      // It ended on its own.
    }
  }
}

process.once('exit', endLeftovers);
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
]) {
  process.once(signal, () => process.exit(code));
}

/**
 * Runs a command to its end and resolves to its exit code (1 when a signal or the time limit ended it). Rejects
 * when it cannot be started. Standard input is empty; output is inherited unless `stdio` says otherwise.
 */
export function runCommand(command, args, { limitSeconds, env = process.env, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      ...options,
      env: { ...env, [SESSION_VARIABLE]: session },
      detached: true,
    });
    alive.add(child);
    const timer = setTimeout(
      () => {
        console.error(`${command} ${args[0] ?? ''}: no end after ${limitSeconds} s, ended`);
        signalGroup(child.pid, 'SIGKILL');
      },
      (limitSeconds ?? 3600) * 1000,
    );
    const settle = (finish, value) => {
      clearTimeout(timer);
      alive.delete(child);
      finish(value);
    };
    child.once('error', (error) => settle(reject, error));
    child.once('exit', (code) => settle(resolve, code ?? 1));
  });
}

/** Runs a command and throws an error with `whatToDo` unless it ends with exit code 0. */
export async function mustRun(command, args, whatToDo, options = {}) {
  const code = await runCommand(command, args, options).catch((error) => {
    throw new Error(`${command} cannot be started (${error.message}). ${whatToDo}`);
  });
  if (code !== 0) {
    throw new Error(`${command} ${args.join(' ')} ended with exit code ${code}. ${whatToDo}`);
  }
}
