/** How engine processes of this window ended, by process id, as a clause after "The engine process". */
const causes = new Map<number, string>();

/** Remembers how a process ended, so that every view of its run can say it. */
export function rememberExit(processId: number, cause: string): void {
  causes.set(processId, cause);
}

/** How a process ended; "ended without notice" for those of other windows and of the command line. */
export function exitCause(processId: number): string {
  return causes.get(processId) ?? 'ended without notice';
}
