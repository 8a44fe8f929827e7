import * as vscode from 'vscode';
import { type ErrorReport, formatPlace, reportOf } from '../../engine/errors';
import { openAt } from '../configuration/openAt';
import { ERROR_ACTIONS, type ErrorAction, type ErrorContext, errorActions } from './errorActions';

/** Opens the configuration where it is wrong; the place of any other error is in another file. */
function openConfiguration({ category, place }: ErrorReport, { configurationFile }: ErrorContext) {
  return category === 'configuration' && place?.file
    ? openAt(place.file, place)
    : openAt(configurationFile ?? place?.file);
}

/** The one place that shows errors: what happened, where, what to do next, and buttons that do it. */
export class ErrorPresenter {
  constructor(private readonly log: vscode.LogOutputChannel) {}

  /** Logs and shows any thrown value; resolves when the message is gone. A cancelled task shows nothing. */
  async show(error: unknown, context: ErrorContext = {}): Promise<void> {
    if (error instanceof vscode.CancellationError) {
      return;
    }
    const report = reportOf(error);
    if (report.category === 'cancelled') {
      this.log.info(report.message);
      return;
    }
    if (error instanceof Error && error.stack) {
      this.log.debug(error.stack);
    }
    await this.showReport(report, context);
  }

  /** Shows an error that was reported by an engine or a run folder. */
  async showReport(report: ErrorReport, context: ErrorContext = {}): Promise<void> {
    const place = formatPlace(report.place ?? {});
    const message = `${report.message}${place ? ` (${place})` : ''} ${report.nextStep}`;
    this.log.error(message);
    const actions = errorActions(report, context);
    const labels = actions.map((action) => ERROR_ACTIONS[action]);
    const chosen = await vscode.window.showErrorMessage(`SpikeBridge: ${message}`, ...labels);
    const action = actions.find((each) => ERROR_ACTIONS[each] === chosen);
    if (action) {
      await this.#perform(action, report, context);
    }
  }

  async #perform(action: ErrorAction, report: ErrorReport, context: ErrorContext): Promise<void> {
    const { executeCommand } = vscode.commands;
    const perform: Record<ErrorAction, () => unknown> = {
      openConfiguration: () => openConfiguration(report, context),
      resumeRun: () => executeCommand('spikebridge.resumeRun', context.runFolder),
      openDashboard: () => executeCommand('spikebridge.openDashboard', context.runFolder),
      openSettings: () => executeCommand('workbench.action.openSettings', 'spikebridge'),
      manageTrust: () => executeCommand('workbench.trust.manage'),
      showLog: () => this.log.show(),
    };
    await perform[action]();
  }
}
