import assert from 'node:assert/strict';
import path from 'node:path';
import { Dashboard } from '../tools/dashboard';
import { runFolders, waitForRunFolder, waitForStatus } from '../tools/runFiles';
import { Session } from '../tools/session';
import type { Workbench } from '../tools/workbench';

const MISSPELT_LINE = 4;
const CONFIGURATION = `{
  "method": "events-only",
  "data": { "events": { "format": "n-mnist", "folder": "nowhere" } },
  "trainning": { "iterations": 10 }
}
`;
const MISSING_FOLDER = `{
  "method": "events-only",
  "data": { "events": { "format": "n-mnist", "folder": "nowhere" } },
  "training": { "iterations": 10 }
}
`;

describe('a run configuration with a mistake', () => {
  let session: Session;
  let workbench: Workbench;
  let workspace: string;

  before(async () => {
    session = await Session.start('bad-configuration');
    workspace = await session.createWorkspace('project', {
      'misspelt.transfer.jsonc': CONFIGURATION,
      'missing.transfer.jsonc': MISSING_FOLDER,
    });
    workbench = await session.openWorkbench(workspace);
  });

  afterEach(function () {
    return session.recordFailure(this.currentTest);
  });

  after(() => session?.stop());

  async function start(name: string): Promise<void> {
    await workbench.runCommand('SpikeBridge: Start Transfer Run…');
    await workbench.quickPickRow(name).first().click();
  }

  it('is refused with the line of an unknown key', async () => {
    await start('misspelt.transfer.jsonc');
    const message = workbench.notification(/trainning/);
    await message.waitFor({ timeout: 30_000 });
    const text = (await message.textContent()) ?? '';
    assert.match(text, new RegExp(`misspelt\\.transfer\\.jsonc:${MISSPELT_LINE}:`));
    await workbench.screenshotInThemes('bad-configuration-1-message');
  });

  it('opens at the mistake by the message’s button', async () => {
    await workbench
      .notification(/trainning/)
      .getByRole('button', { name: 'Open Configuration' })
      .click();
    await workbench.statusBarItem(new RegExp(`Ln ${MISSPELT_LINE},`)).waitFor({ timeout: 20_000 });
  });

  it('is listed in Problems with its line', async () => {
    await workbench.runCommand('Problems: Focus on Problems View');
    const row = workbench.page.locator('.markers-panel .monaco-list-row', { hasText: 'trainning' }).first();
    await row.waitFor({ timeout: 20_000 });
    assert.match((await row.textContent()) ?? '', new RegExp(`Ln ${MISSPELT_LINE}, Col`));
    await workbench.screenshotInThemes('bad-configuration-2-problems');
  });

  it('starts no run', () => {
    assert.deepEqual(runFolders(path.join(workspace, 'runs')), []);
  });

  it('fails with the missing folder and what to do next, in the message and in the run folder', async () => {
    await start('missing.transfer.jsonc');
    const message = workbench.notification(/nowhere/);
    await message.waitFor({ timeout: 30_000 });
    assert.match((await message.textContent()) ?? '', /Correct data\.events in the run configuration/);
    const runFolder = await waitForRunFolder(path.join(workspace, 'runs'));
    const status = await waitForStatus(runFolder, 'failed run', ({ state }) => state === 'failed');
    assert.equal(status.error?.place?.file, path.join(workspace, 'nowhere'));
    await new Dashboard(workbench).waitForText('run-state', /failed/i, 30_000);
    await workbench.screenshotInThemes('bad-configuration-3-missing-folder');
  });
});
