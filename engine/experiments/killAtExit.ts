import type { ChildProcess } from 'node:child_process';

type Killable = Pick<ChildProcess, 'kill'>;

const children = new Set<Killable>();

function killAll(): void {
  for (const child of children) {
    child.kill('SIGKILL');
  }
}

/** Asks all children to end; those that were asked before end at once, each with a truthful run folder. */
export function terminateChildren(): void {
  for (const child of children) {
    child.kill('SIGTERM');
  }
}

/**
 * Kills the child if this process exits before the returned function is called. However many children run at once,
 * the process has one listener: Node warns of a leak at the eleventh.
 */
export function killAtExit(child: Killable): () => void {
  if (children.size === 0) {
    process.once('exit', killAll);
  }
  children.add(child);
  return () => {
    if (children.delete(child) && children.size === 0) {
      process.off('exit', killAll);
    }
  };
}
