import { Emitter } from 'vscode-jsonrpc/node';
import type { RunSnapshot, RunUpdate } from '../../engine/protocol/dashboardProtocol';
import type { MetricsRecord } from '../../engine/runs/metricsRecord';
import { runFile } from '../../engine/runs/runFolder';
import type { RunStatus } from '../../engine/runs/runStatus';
import { readEffectiveStatus } from './effectiveStatus';
import { FolderWatcher } from './folderWatcher';
import { LineTail } from './lineTail';

/** The record of one line of metrics.jsonl; undefined for a damaged line. */
export function parseRecord(line: string): MetricsRecord | undefined {
  try {
    const record = JSON.parse(line) as MetricsRecord;
    return record.kind === 'iteration' || record.kind === 'evaluation' ? record : undefined;
  } catch {
    return undefined;
  }
}

function withoutTimes({ updatedAt: _, ...status }: RunStatus): string {
  return JSON.stringify(status);
}

/**
 * Reads one run folder as it grows, whoever writes to it (this window, another one, the command line).
 * It keeps all records, because a dashboard that is shown again asks for the whole run.
 */
export class RunFolderReader {
  readonly #updated = new Emitter<RunUpdate>();
  readonly onDidUpdate = this.#updated.event;
  readonly #tail: LineTail;
  readonly #records: MetricsRecord[] = [];
  #status: RunStatus | undefined;
  #watcher: FolderWatcher | undefined;
  #pending: Promise<void> = Promise.resolve();

  constructor(readonly runFolder: string) {
    this.#tail = new LineTail(runFile(runFolder, 'metrics'));
  }

  /** Starts to follow the folder. */
  watch(): void {
    this.#watcher ??= new FolderWatcher(this.runFolder, () => this.refresh());
  }

  /** The run as of now; undefined when the folder has no readable status.json. */
  async snapshot(): Promise<RunSnapshot | undefined> {
    await this.refresh();
    return this.#status && { runFolder: this.runFolder, status: this.#status, records: [...this.#records] };
  }

  /** Looks at the files once and fires `onDidUpdate` when something changed. */
  refresh(): Promise<void> {
    this.#pending = this.#pending.then(() => this.#look());
    return this.#pending;
  }

  async #look(): Promise<void> {
    // The status first: records that are older than a status must not come after it.
    const status = await readEffectiveStatus(this.runFolder);
    const { lines, reset } = await this.#tail.read().catch(() => ({ lines: [], reset: false }));
    const newRecords = lines.map(parseRecord).filter((record) => record !== undefined);
    if (reset) {
      this.#records.length = 0;
    }
    for (const record of newRecords) {
      this.#records.push(record);
    }
    const before = this.#status;
    this.#status = status ?? before;
    if (!this.#status) {
      return;
    }
    const changed = !before || withoutTimes(before) !== withoutTimes(this.#status);
    if (changed || reset || newRecords.length > 0) {
      this.#updated.fire({ runFolder: this.runFolder, status: this.#status, newRecords, reset });
    }
  }

  dispose(): void {
    this.#watcher?.dispose();
    this.#updated.dispose();
  }
}
