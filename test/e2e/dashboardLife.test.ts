import assert from 'node:assert/strict';
import path from 'node:path';
import { Dashboard } from '../tools/dashboard';
import { quickConfiguration, sharedSample } from '../tools/quickRun';
import {
  evaluationsOf,
  iterationsOf,
  readMetrics,
  readStatus,
  waitForRunFolder,
  waitForStatus,
} from '../tools/runFiles';
import { Session } from '../tools/session';
import type { Workbench } from '../tools/workbench';

/** More than the test waits for: the run is stopped at its end. */
const ITERATIONS = 100_000;

describe('the dashboard of a live run', () => {
  let session: Session;
  let workbench: Workbench;
  let dashboard: Dashboard;
  let runFolder: string;

  before(async () => {
    const configuration = quickConfiguration(await sharedSample(), {
      name: 'endless',
      iterations: ITERATIONS,
      evaluateEvery: 100,
    });
    session = await Session.start('dashboard-life');
    const workspace = await session.createWorkspace('project', {
      'endless.transfer.jsonc': configuration,
      'notes.txt': 'Something else to read.\n',
    });
    workbench = await session.openWorkbench(workspace);
    await workbench.runCommand('SpikeBridge: Start Transfer Run…');
    await workbench.quickPickRow('endless.transfer.jsonc').first().click();
    runFolder = await waitForRunFolder(path.join(workspace, 'runs'));
    dashboard = new Dashboard(workbench);
  });

  afterEach(function () {
    return session.recordFailure(this.currentTest);
  });

  after(() => session?.stop());

  it('is complete again after another editor was in front', async () => {
    const before = await dashboard.waitForMorePoints('plot-loss', 0);
    await workbench.openFromExplorer('notes.txt');
    await workbench.page.locator('.view-lines', { hasText: 'Something else to read.' }).waitFor();
    await waitForStatus(
      runFolder,
      'progress behind the other editor',
      ({ iteration }) => iteration > before + 20,
    );
    await workbench.tab('endless').first().click();
    assert.ok((await dashboard.waitForMorePoints('plot-loss', before)) > before);
  });

  it('is complete again after a reload of the window, and the run has trained on', async () => {
    const { processId, iteration } = await waitForStatus(
      runFolder,
      'running',
      ({ state }) => state === 'running',
    );
    const before = await dashboard.pointCount('plot-loss');
    await workbench.reload();
    await dashboard.waitForMorePoints('plot-loss', before);
    await dashboard.waitForText('run-state', /running/i);
    const status = readStatus(runFolder);
    assert.equal(status?.processId, processId);
    assert.ok((status?.iteration ?? 0) > iteration);
    await workbench.screenshotInThemes('dashboard-life-1-reloaded');
  });

  it('shows the end when the run is stopped from the palette', async () => {
    await waitForStatus(runFolder, 'first evaluation', ({ lastAccuracy }) => lastAccuracy !== undefined);
    await workbench.runCommand('SpikeBridge: Stop Run');
    const status = await waitForStatus(runFolder, 'stopped run', ({ state }) => state === 'stopped');
    await dashboard.waitForText('run-state', /stopped/i, 30_000);
    const records = readMetrics(runFolder);
    assert.equal(iterationsOf(records).at(-1)?.iteration, status.iteration);
    const accuracy = evaluationsOf(records).at(-1)?.accuracy ?? Number.NaN;
    assert.equal(await dashboard.number('last-accuracy'), Number((accuracy * 100).toFixed(1)));
    await workbench.screenshotInThemes('dashboard-life-2-stopped');
  });
});
