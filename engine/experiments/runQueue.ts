/** Work with an id and, maybe, the id of work that must have succeeded before. */
export interface QueuedWork {
  readonly id: string;
  readonly after?: string;
}

/** How a queue runs. */
export interface QueueOptions<Work extends QueuedWork> {
  /** How many at a time, at least 1. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  /** Whether the work succeeded; must not throw. */
  perform(work: Work): Promise<boolean>;
  /** Called instead of `perform` for work whose prerequisite failed. */
  skip(work: Work): void;
}

/**
 * Performs all work in order, `jobs` at a time; work that waits for another lets later work pass. After an abort
 * nothing new is begun; resolves when what was begun has ended.
 */
export async function runQueue<Work extends QueuedWork>(
  works: readonly Work[],
  { jobs, signal, perform, skip }: QueueOptions<Work>,
): Promise<void> {
  const waiting = [...works];
  const running = new Map<string, Promise<void>>();
  // What is not queued has succeeded earlier.
  const unsettled = new Set(works.map(({ id }) => id));
  const failed = new Set<string>();

  function settle(id: string, succeeded: boolean): void {
    unsettled.delete(id);
    running.delete(id);
    if (!succeeded) {
      failed.add(id);
    }
  }
  function takeReady(): Work | undefined {
    const index = waiting.findIndex(({ after }) => after === undefined || !unsettled.has(after));
    return index < 0 ? undefined : waiting.splice(index, 1)[0];
  }
  function begin(work: Work): void {
    if (work.after !== undefined && failed.has(work.after)) {
      skip(work);
      settle(work.id, false);
    } else {
      running.set(
        work.id,
        perform(work).then((succeeded) => settle(work.id, succeeded)),
      );
    }
  }

  for (;;) {
    while (!signal.aborted && running.size < jobs) {
      const work = takeReady();
      if (!work) {
        break;
      }
      begin(work);
    }
    if (running.size === 0) {
      return;
    }
    await Promise.race(running.values());
  }
}
