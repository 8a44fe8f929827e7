import type { ChildProcess } from 'node:child_process';

type Killable = Pick<ChildProcess, 'kill'>;

const children = new Set<Killable>();

function killAll(): void {
  for (const child of children) {
    child.kill('SIGKILL');
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
