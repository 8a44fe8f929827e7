import { HOST_EXTENSION } from 'vscode-messenger-common';
import { Messenger, type VsCodeApi } from 'vscode-messenger-webview';
import {
  dashboardReady,
  type RunSnapshot,
  type RunUpdate,
  runAction,
  runUpdated,
} from '../../engine/protocol/dashboardProtocol';
import { type ExportParameters, exportFile } from '../../engine/protocol/exportProtocol';
import type { HeaderAction } from './header';
import type { SavedState } from './viewState';

declare function acquireVsCodeApi(): VsCodeApi;

/** The extension host as the dashboard sees it. */
export class DashboardHost {
  readonly #api = acquireVsCodeApi();
  readonly #messenger = new Messenger(this.#api);

  /** Asks for the whole run and then listens for what is new; updates before the answer are part of it. */
  async connect(show: (run: RunSnapshot) => void, update: (update: RunUpdate) => void): Promise<void> {
    let ready = false;
    this.#messenger.onNotification(runUpdated, (message) => {
      if (ready) {
        update(message);
      }
    });
    this.#messenger.start();
    show(await this.#messenger.sendRequest(dashboardReady, HOST_EXTENSION));
    ready = true;
  }

  act(action: HeaderAction): void {
    this.#messenger.sendNotification(runAction, HOST_EXTENSION, action);
  }

  /** The extension asks where to save the file, and tells about failures itself. */
  save(file: ExportParameters): void {
    void this.#messenger.sendRequest(exportFile, HOST_EXTENSION, file);
  }

  savedState(): unknown {
    return this.#api.getState();
  }

  saveState(state: SavedState): void {
    this.#api.setState(state);
  }
}
