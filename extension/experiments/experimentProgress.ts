import type { ExperimentMessage, ExperimentOutcomeMessage } from '../../engine/commands/experimentDisplay';
import { durationText, percentText, progressText } from '../../engine/runs/runText';

/** What is known of an experiment from the lines of `experiment run --json`. */
export class ExperimentProgress {
  #folder: string | undefined;
  #total = 0;
  #done = 0;
  #secondsLeft: number | undefined;
  #outcome: ExperimentOutcomeMessage | undefined;
  readonly #runFolders = new Map<string, string>();
  readonly #labels = new Map<string, string>();
  /** The last word of each run that is going on. */
  readonly #running = new Map<string, string>();

  /** Absolute folder of the experiment; undefined before the first line. */
  get folder(): string | undefined {
    return this.#folder;
  }

  /** How it ended; undefined while it goes on. */
  get outcome(): ExperimentOutcomeMessage | undefined {
    return this.#outcome;
  }

  /** Share of the runs that have ended, in [0, 1]. */
  get share(): number {
    return this.#total > 0 ? this.#done / this.#total : 0;
  }

  /** One line: runs done, what goes on, time left of all. */
  get text(): string {
    const left = this.#secondsLeft === undefined ? '' : `, ${durationText(this.#secondsLeft)} left`;
    const running = [...this.#running].map(([id, word]) => `${this.#labels.get(id) ?? id}: ${word}`);
    return [`${this.#done} of ${this.#total} runs${left}`, ...running].join(' · ');
  }

  /**
   * Takes a line in.
   * @returns the folder of a run that has just begun, so that it can be followed.
   */
  accept(line: string): string | undefined {
    if (!line.startsWith('{"kind":')) {
      return undefined;
    }
    const message = JSON.parse(line) as ExperimentMessage;
    switch (message.kind) {
      case 'plan':
        this.#folder = message.folder;
        this.#total = message.runs.length;
        this.#done = message.finished.length;
        for (const { id, label, runFolder } of message.runs) {
          this.#runFolders.set(id, runFolder);
          this.#labels.set(id, label);
        }
        return undefined;
      case 'run-status': {
        const begins = !this.#running.has(message.run);
        this.#count(message);
        this.#running.set(message.run, progressText(message.status));
        return begins ? this.#runFolders.get(message.run) : undefined;
      }
      case 'run-end':
        this.#count(message);
        this.#running.delete(message.run);
        return undefined;
      case 'outcome':
        this.#outcome = message;
        return undefined;
    }
  }

  #count({ done, secondsLeft }: { readonly done: number; readonly secondsLeft?: number }): void {
    this.#done = done;
    this.#secondsLeft = secondsLeft;
  }
}

/** What to tell when an experiment has ended. */
export function endText({ table, failures, stopped }: ExperimentOutcomeMessage): string {
  if (failures.length > 0) {
    const [first] = failures;
    const more = failures.length > 1 ? ` and ${failures.length - 1} more` : '';
    return `${table.title}: ${first?.run}${more} failed: ${first?.error.message}`;
  }
  if (stopped) {
    return `${table.title} was stopped; running it again with the same choices continues it.`;
  }
  const best = table.rows.map(({ best: spread }) => spread?.mean ?? 0);
  return `${table.title} has finished: ${table.rows.length} rows, best ${percentText(Math.max(0, ...best) / 100)}.`;
}
