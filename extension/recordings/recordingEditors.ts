import * as vscode from 'vscode';
import type { ViewCommand } from '../../engine/protocol/recordingViewProtocol';
import { DisposableStore } from '../lifecycle/disposableStore';
import { RecordingDocument } from './recordingDocument';
import { RecordingEngine } from './recordingEngine';
import { RecordingOptions } from './recordingOptions';
import { RecordingPanel } from './recordingPanel';

/** The editor for suffixes that mean a recording, and the same for suffixes that others use too ("Reopen With"). */
export const RECORDING_VIEW_TYPES = ['spikebridge.recording', 'spikebridge.sharedRecording'] as const;

/** Suffixes of files to choose from. */
const SUFFIXES = [
  ...['aedat4', 'aedat', 'es', 'bs2', 'raw', 'dat', 'bin', 'h5', 'hdf5'],
  ...['npy', 'npz', 'csv', 'txt', 'bag', 'db3', 'mcap', 'mat'],
];

/** All editors of recordings and the process they share. */
export class RecordingEditors implements vscode.CustomReadonlyEditorProvider<RecordingDocument> {
  readonly #store = new DisposableStore();
  readonly #engine: RecordingEngine;
  readonly #options: RecordingOptions;
  readonly #panels = new Set<RecordingPanel>();

  constructor(
    private readonly context: vscode.ExtensionContext,
    log: vscode.LogOutputChannel,
  ) {
    this.#engine = this.#store.add(new RecordingEngine(context, log));
    this.#options = new RecordingOptions(context.globalState);
    for (const viewType of RECORDING_VIEW_TYPES) {
      this.#store.add(
        vscode.window.registerCustomEditorProvider(viewType, this, {
          supportsMultipleEditorsPerDocument: true,
        }),
      );
    }
  }

  openCustomDocument(uri: vscode.Uri): RecordingDocument {
    return new RecordingDocument(uri, this.#engine, this.#options);
  }

  resolveCustomEditor(document: RecordingDocument, panel: vscode.WebviewPanel): void {
    const shown = new RecordingPanel(panel, document, this.context.extensionUri);
    this.#panels.add(shown);
    panel.onDidDispose(() => this.#panels.delete(shown));
  }

  /** Opens a file in the editor of recordings, whatever its suffix; asks for one where none is given. */
  async open(target: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
    const uri = target ?? (await this.#pick());
    if (uri) {
      await vscode.commands.executeCommand('vscode.openWith', uri, RECORDING_VIEW_TYPES[0]);
    }
    return uri;
  }

  /** Hands a command to the editor in front. */
  run(command: ViewCommand): void {
    for (const panel of this.#panels) {
      if (panel.panel.active) {
        panel.run(command);
      }
    }
  }

  async #pick(): Promise<vscode.Uri | undefined> {
    const chosen = await vscode.window.showOpenDialog({
      title: 'Open Event Recording',
      filters: { 'Event recordings': SUFFIXES, 'All files': ['*'] },
    });
    return chosen?.[0];
  }

  dispose(): void {
    this.#store.dispose();
  }
}
