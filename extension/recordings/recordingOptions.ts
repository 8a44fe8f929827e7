import type * as vscode from 'vscode';
import type { OpenOptions } from '../../engine/events/recording';

const KEY = 'spikebridge.recordingOptions';

/**
 * What users have said about files because the files do not (size, mirrored axes, columns): kept in VS Code's storage
 * for all workspaces of this machine, never in the file.
 */
export class RecordingOptions {
  constructor(private readonly memory: vscode.Memento) {}

  of(file: string): OpenOptions {
    return this.#all()[file] ?? {};
  }

  async remember(file: string, options: OpenOptions): Promise<void> {
    await this.memory.update(KEY, { ...this.#all(), [file]: options });
  }

  #all(): Readonly<Record<string, OpenOptions>> {
    return this.memory.get<Record<string, OpenOptions>>(KEY, {});
  }
}
