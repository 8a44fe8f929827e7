import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Dashboard } from '../tools/dashboard';
import { quickConfiguration } from '../tools/quickRun';
import {
  evaluationsOf,
  holdRun,
  iterationsOf,
  readMetrics,
  readStatus,
  waitForRunFolder,
  waitForStatus,
} from '../tools/runFiles';
import { Session } from '../tools/session';
import type { Workbench } from '../tools/workbench';

const ITERATIONS = 150;

describe('a transfer run from the command palette', () => {
  let session: Session;
  let workbench: Workbench;
  let dashboard: Dashboard;
  let workspace: string;
  let runFolder: string;

  before(async () => {
    session = await Session.start('main-job');
    workspace = await session.createWorkspace('project');
    workbench = await session.openWorkbench(workspace);
  });

  afterEach(function () {
    return session.recordFailure(this.currentTest);
  });

  after(() => session?.stop());

  it('creates the sample data', async () => {
    await workbench.runCommand('SpikeBridge: Create Sample Data');
    await workbench.quickPickRow('spikebridge-sample').click();
    await workbench.notification('sample data is in').waitFor({ timeout: 120_000 });
    await workbench.screenshotInThemes('main-job-1-sample');
  });

  it('starts the run and opens the dashboard', async () => {
    const configuration = quickConfiguration(path.join(workspace, 'spikebridge-sample'), {
      name: 'quick',
      iterations: ITERATIONS,
      evaluateEvery: 50,
    });
    await writeFile(path.join(workspace, 'quick.transfer.jsonc'), configuration);
    await workbench.runCommand('SpikeBridge: Start Transfer Run…');
    await workbench.quickPickRow('quick.transfer.jsonc').first().click();
    runFolder = await waitForRunFolder(path.join(workspace, 'runs'));
    dashboard = new Dashboard(workbench);
    await dashboard.waitForText('run-state', /preparing|running/i);
  });

  it('draws curves that grow while the run lives', async () => {
    const engine = await holdRun(runFolder, 10);
    const first = await dashboard.waitForMorePoints('plot-loss', 0);
    await workbench.statusBarItem('quick:').waitFor({ timeout: 10_000 });
    await workbench.screenshotInThemes('main-job-2-running');
    process.kill(engine, 'SIGCONT');
    assert.ok((await dashboard.waitForMorePoints('plot-loss', first)) > first);
  });

  it('ends, and tells its accuracy', async () => {
    const status = await waitForStatus(runFolder, 'end of the run', ({ state }) => state === 'finished');
    const accuracy = ((status.lastAccuracy ?? Number.NaN) * 100).toFixed(1);
    await workbench.notification(`has finished, test accuracy ${accuracy}`).waitFor({ timeout: 15_000 });
    await dashboard.waitForText('run-state', /finished/i, 30_000);
    await workbench.screenshotInThemes('main-job-3-finished');
  });

  it('shows the accuracy that the run folder has', async () => {
    const status = readStatus(runFolder);
    const evaluations = evaluationsOf(readMetrics(runFolder));
    const last = evaluations.at(-1)?.accuracy ?? Number.NaN;
    const best = Math.max(...evaluations.map(({ accuracy }) => accuracy));
    assert.equal(status?.lastAccuracy, last);
    assert.equal(status?.bestAccuracy, best);
    assert.equal(await dashboard.number('last-accuracy'), Number((last * 100).toFixed(1)));
    assert.equal(await dashboard.number('best-accuracy'), Number((best * 100).toFixed(1)));
    assert.equal(await dashboard.number('run-iteration'), ITERATIONS);
  });

  it('leaves one record for every iteration, and a curve of all of them', async () => {
    const iterations = iterationsOf(readMetrics(runFolder)).map(({ iteration }) => iteration);
    assert.deepEqual(
      iterations,
      Array.from({ length: ITERATIONS }, (_, index) => index + 1),
    );
    assert.equal(await dashboard.waitForMorePoints('plot-loss', ITERATIONS - 1), ITERATIONS);
  });
});
