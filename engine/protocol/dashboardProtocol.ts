import type { NotificationType, RequestType } from 'vscode-messenger-common';
import type { MetricsRecord } from '../runs/metricsRecord';
import type { RunStatus } from '../runs/runStatus';

/** Messages between the extension host and the dashboard webview (vscode-messenger). */

/** What the dashboard knows of one run folder. */
export interface RunSnapshot {
  readonly runFolder: string;
  readonly status: RunStatus;
  readonly records: readonly MetricsRecord[];
}

/** Records appended since the last message; `reset` when metrics.jsonl was truncated and all records follow. */
export interface RunUpdate {
  readonly runFolder: string;
  readonly status: RunStatus;
  readonly newRecords: readonly MetricsRecord[];
  readonly reset: boolean;
}

/** Webview to host: sent when its scripts have loaded; the host answers with the whole snapshot. */
export const dashboardReady: RequestType<void, RunSnapshot> = { method: 'dashboard/ready' };
/** Host to webview. */
export const runUpdated: NotificationType<RunUpdate> = { method: 'dashboard/runUpdated' };
/** Webview to host: the user pressed a button. */
export const runAction: NotificationType<'stop' | 'resume' | 'openFolder' | 'openConfiguration'> = {
  method: 'dashboard/action',
};
