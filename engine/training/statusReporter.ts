import os from 'node:os';
import type { RunStatus } from '../runs/runStatus';
import type { RunStore } from '../runs/runStore';

const WRITE_EVERY_MS = 1000;
const NOTIFY_EVERY_MS = 250;

/** How far a run is and how good, also while it is being resumed, or where that fails. */
const KEPT = ['iteration', 'iterations', 'lastLoss', 'lastAccuracy', 'bestAccuracy'] as const;
export type Progress = Partial<Pick<RunStatus, (typeof KEPT)[number]>>;

/** What a run that is resumed keeps of its status. */
export function progressOf(status: RunStatus | undefined): Progress {
  return Object.fromEntries(KEPT.flatMap((key) => (status?.[key] === undefined ? [] : [[key, status[key]]])));
}

/** Keeps a run's status, tells the observer often and the run folder about once a second. */
export class StatusReporter {
  private current: RunStatus;
  private isClosed = false;
  private lastWrite = 0;
  private lastNotification = 0;
  /** Writes go one after the other: they share a temporary file. */
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: RunStore,
    private readonly observe: (status: RunStatus) => void,
    start: Pick<RunStatus, 'name' | 'method'> & Progress,
  ) {
    const now = new Date().toISOString();
    this.current = {
      state: 'preparing',
      backend: '',
      activity: 'preparing',
      iteration: 0,
      iterations: 0,
      progress: 0,
      ...start,
      processId: process.pid,
      hostName: os.hostname(),
      startedAt: now,
      updatedAt: now,
    };
  }

  get status(): RunStatus {
    return this.current;
  }

  /** Changes the status; a change of state or activity is told at once. */
  async update(change: Partial<RunStatus>): Promise<void> {
    const { state, activity } = this.current;
    this.current = { ...this.current, ...change, updatedAt: new Date().toISOString() };
    await this.tell(state !== this.current.state || activity !== this.current.activity);
  }

  /** Writes a last status before anything else happens, and none after it: the process ends at once. */
  close(change: Partial<RunStatus>): void {
    this.current = { ...this.current, ...change, updatedAt: new Date().toISOString() };
    this.isClosed = true;
    this.store.abandon(this.current);
  }

  private async tell(atOnce: boolean): Promise<void> {
    if (this.isClosed) {
      return;
    }
    const now = Date.now();
    if (atOnce || now - this.lastNotification >= NOTIFY_EVERY_MS) {
      this.lastNotification = now;
      this.observe(this.current);
    }
    if (atOnce || now - this.lastWrite >= WRITE_EVERY_MS) {
      this.lastWrite = now;
      this.writing = this.writing.catch(() => {}).then(() => this.store.writeStatus(this.current));
      await this.writing;
    }
  }
}
