import type { ErrorReport } from '../../engine/errors';

/** What the user can do about an error, as button labels. */
export const ERROR_ACTIONS = {
  openConfiguration: 'Open Configuration',
  resumeRun: 'Resume Run',
  openDashboard: 'Open Dashboard',
  openSettings: 'Open Settings',
  manageTrust: 'Manage Workspace Trust',
  showLog: 'Show Log',
} as const;
export type ErrorAction = keyof typeof ERROR_ACTIONS;

/** What an error belongs to. */
export interface ErrorContext {
  readonly configurationFile?: string;
  readonly runFolder?: string;
  /** Whether the run folder has a checkpoint to continue from. */
  readonly resumable?: boolean;
  readonly untrusted?: boolean;
}

/** The buttons that help with an error, the most useful one first. */
export function errorActions(report: ErrorReport, context: ErrorContext): ErrorAction[] {
  const wanted: [ErrorAction, boolean][] = [
    ['manageTrust', context.untrusted === true],
    ['resumeRun', context.runFolder !== undefined && context.resumable === true],
    ['openConfiguration', report.category === 'configuration' || context.configurationFile !== undefined],
    ['openSettings', report.nextStep.includes('spikebridge.engine.nodePath')],
    ['openDashboard', context.runFolder !== undefined],
    ['showLog', context.untrusted !== true],
  ];
  return wanted.filter(([, useful]) => useful).map(([action]) => action);
}
