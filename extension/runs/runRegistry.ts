/** The part of VS Code's Memento that the registry needs. */
export interface KeyValueStore {
  get<T>(key: string, fallback: T): T;
  update(key: string, value: unknown): Thenable<void>;
}

const KEY = 'spikebridge.runFolders';
const MAX_FOLDERS = 50;

/** The run folders of this workspace, newest first; it outlives a window reload. */
export class RunRegistry {
  constructor(private readonly store: KeyValueStore) {}

  /** Absolute paths, newest first. */
  folders(): readonly string[] {
    return this.store.get<readonly string[]>(KEY, []);
  }

  /** Puts a run folder first; the oldest beyond 50 are forgotten. */
  async remember(runFolder: string): Promise<void> {
    const others = this.folders().filter((folder) => folder !== runFolder);
    await this.store.update(KEY, [runFolder, ...others].slice(0, MAX_FOLDERS));
  }
}
