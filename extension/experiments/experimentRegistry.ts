import type { CommandFiles } from '../commandLine/commandProcess';
import type { KeyValueStore } from '../runs/runRegistry';

const KEY = 'spikebridge.experiments';

/** What a window needs to follow an experiment that an earlier one started. */
export interface RememberedExperiment {
  readonly processId: number;
  readonly files: CommandFiles;
}

/** The experiments of this workspace that are going on; it outlives a window reload. */
export class ExperimentRegistry {
  constructor(private readonly store: KeyValueStore) {}

  all(): readonly RememberedExperiment[] {
    return this.store.get<readonly RememberedExperiment[]>(KEY, []);
  }

  async remember(experiment: RememberedExperiment): Promise<void> {
    await this.store.update(KEY, [...this.all(), experiment]);
  }

  async forget(processId: number): Promise<void> {
    await this.store.update(
      KEY,
      this.all().filter((each) => each.processId !== processId),
    );
  }
}
