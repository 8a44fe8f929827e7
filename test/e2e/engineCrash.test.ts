import assert from 'node:assert/strict';
import path from 'node:path';
import { Dashboard } from '../tools/dashboard';
import { quickConfiguration, sharedSample } from '../tools/quickRun';
import {
  holdRun,
  iterationsOf,
  readMetrics,
  runFolders,
  waitForRunFolder,
  waitForStatus,
} from '../tools/runFiles';
import { Session } from '../tools/session';
import type { Workbench } from '../tools/workbench';

const ITERATIONS = 150;
const CHECKPOINT_EVERY = 10;

describe('an engine process that is killed in mid-run', () => {
  let session: Session;
  let workbench: Workbench;
  let dashboard: Dashboard;
  let workspace: string;
  let runFolder: string;

  before(async () => {
    const configuration = quickConfiguration(await sharedSample(), {
      name: 'victim',
      iterations: ITERATIONS,
      evaluateEvery: 50,
      checkpointEvery: CHECKPOINT_EVERY,
    });
    session = await Session.start('engine-crash');
    workspace = await session.createWorkspace('project', { 'victim.transfer.jsonc': configuration });
    workbench = await session.openWorkbench(workspace);
    dashboard = new Dashboard(workbench);
  });

  afterEach(function () {
    return session.recordFailure(this.currentTest);
  });

  after(() => session?.stop());

  it('is reported with what to do next, and VS Code lives on', async () => {
    await workbench.runCommand('SpikeBridge: Start Transfer Run…');
    await workbench.quickPickRow('victim.transfer.jsonc').first().click();
    runFolder = await waitForRunFolder(path.join(workspace, 'runs'));
    const engine = await holdRun(runFolder, 2 * CHECKPOINT_EVERY + 1);
    await dashboard.waitForMorePoints('plot-loss', 0);
    process.kill(engine, 'SIGKILL');
    const message = workbench.notification(/engine process .* was killed .* The last checkpoint is/);
    await message.waitFor({ timeout: 30_000 });
    await message.getByRole('button', { name: 'Resume Run' }).waitFor({ timeout: 5000 });
    await dashboard.waitForText('run-state', /failed/i, 30_000);
    await workbench.screenshotInThemes('engine-crash-1-message');
  });

  it('resumes from the last checkpoint by the message’s button, and finishes', async () => {
    const before = iterationsOf(readMetrics(runFolder)).length;
    assert.ok(before < ITERATIONS, 'the process was killed in mid-run');
    await workbench
      .notification(/was killed/)
      .getByRole('button', { name: 'Resume Run' })
      .click();
    await waitForStatus(runFolder, 'resumed run', ({ state }) => state === 'running');
    await dashboard.waitForText('run-state', /running/i, 30_000);
    await waitForStatus(runFolder, 'end of the resumed run', ({ state }) => state === 'finished');
    await dashboard.waitForText('run-state', /finished/i, 30_000);
    await workbench.screenshotInThemes('engine-crash-2-resumed');
  });

  it('has lost no iteration and repeated none', () => {
    assert.deepEqual(runFolders(path.join(workspace, 'runs')), [runFolder]);
    assert.deepEqual(
      iterationsOf(readMetrics(runFolder)).map(({ iteration }) => iteration),
      Array.from({ length: ITERATIONS }, (_, index) => index + 1),
    );
  });
});
