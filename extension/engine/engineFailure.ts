import type { ErrorReport } from '../../engine/errors';

/** How an engine process ended. */
export interface EngineExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The operating system's error when the process could not be started. */
  readonly spawnError?: NodeJS.ErrnoException;
  /** The last lines that the process wrote to stdout and stderr. */
  readonly lastOutput: string;
}

const OUT_OF_MEMORY =
  /heap out of memory|heap limit|allocation failed|out of memory|memory access out of bounds.*grow/i;
const SHELL_SIGNAL_BASE = 128;
const SIGKILL_NUMBER = 9;

/** Whether the process ended because memory ran out. */
export function isOutOfMemory(exit: EngineExit): boolean {
  return OUT_OF_MEMORY.test(exit.lastOutput);
}

/** A clause after "The engine process": what happened to it. */
export function describeExit(exit: EngineExit): string {
  const { code, signal } = exit;
  if (isOutOfMemory(exit)) {
    return 'ran out of memory';
  }
  if (signal === 'SIGKILL' || code === SHELL_SIGNAL_BASE + SIGKILL_NUMBER) {
    return 'was killed (SIGKILL, by a person or by the system when memory ran short)';
  }
  if (signal) {
    return `was ended by the signal ${signal}`;
  }
  return code === 0 ? 'ended without an answer' : `crashed with exit code ${code}`;
}

function spawnFailure(executable: string, error: NodeJS.ErrnoException): ErrorReport {
  const reasons: Record<string, string> = {
    ENOENT: 'there is no such program',
    EACCES: 'it may not be executed',
  };
  const reason = reasons[error.code ?? ''] ?? error.message;
  return {
    category: 'backend',
    message: `The engine could not be started with "${executable}": ${reason}.`,
    nextStep: 'Check the setting spikebridge.engine.nodePath; empty means the Node of VS Code.',
    place: { file: executable },
  };
}

/** Why a request got no answer: the engine process could not start, or ended too early. */
export function failureOfExit(executable: string, exit: EngineExit): ErrorReport {
  if (exit.spawnError) {
    return spawnFailure(executable, exit.spawnError);
  }
  const message = `The engine process ${describeExit(exit)}.`;
  const nextStep = isOutOfMemory(exit)
    ? 'Lower training.batchPairs or the channels of the network, or close other programs, and try again.'
    : 'Choose "Show Log" for its last output, then try again.';
  return { category: 'backend', message, nextStep };
}
