import assert from 'node:assert/strict';
import { appendFile, copyFile, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { RecordingEditorPage } from '../tools/recordingEditor';
import { turningBar, writeRecording } from '../tools/recordingFiles';
import { Session } from '../tools/session';
import { sideload } from '../tools/sideload';
import { writeVirtualFiles } from '../tools/virtualFiles';
import { waitFor } from '../tools/waitFor';
import type { Workbench } from '../tools/workbench';

const SIZE = { width: 120, height: 90 };
const EVENTS = turningBar({ size: SIZE, milliseconds: 400, eventsPerMillisecond: 60 });
/** A recording whose first pass takes a moment. */
const LONG = turningBar({ size: SIZE, milliseconds: 4000, eventsPerMillisecond: 400 });

/** Ids of the processes that read recordings for the extension of this profile. */
async function readerProcesses(extensions: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    const command = /^\d+$/.test(name)
      ? await readFile(path.join('/proc', name, 'cmdline'), 'utf8').catch(() => '')
      : '';
    if (command.includes('recordings.js') && command.includes(extensions)) {
      found.push(Number(name));
    }
  }
  return found;
}

describe('the life of a recording editor', () => {
  let session: Session;
  let workbench: Workbench;
  let editor: RecordingEditorPage;
  let workspace: string;
  let file: string;

  async function openAt(name: string, microseconds: number): Promise<void> {
    await workbench.runCommand('View: Close All Editors');
    await editor.open(name);
    await editor.waitForText('chip-length', /ms|s/);
    await editor.seek(microseconds);
    await waitFor('the place', async () => (await editor.time()) === microseconds);
  }

  before(async () => {
    session = await Session.start('recording-life', {
      workspaceTrust: true,
      settings: {
        'security.workspace.trust.enabled': true,
        'security.workspace.trust.startupPrompt': 'never',
        'security.workspace.trust.banner': 'never',
        'security.workspace.trust.untrustedFiles': 'open',
      },
    });
    workspace = await session.createWorkspace('recordings');
    file = await writeRecording(path.join(workspace, 'bar.aedat4'), EVENTS, SIZE);
    await writeRecording(path.join(workspace, 'long.aedat4'), LONG, SIZE);
    const virtualFiles = await writeVirtualFiles(path.join(session.profile.folder, 'virtual'));
    workbench = await session.openWorkbench(workspace, (context) =>
      sideload(context, { extension: virtualFiles }).then(() => undefined),
    );
    editor = new RecordingEditorPage(workbench);
  });

  afterEach(function () {
    return session.recordFailure(this.currentTest);
  });

  after(() => session?.stop());

  it('plays and exports in a workspace that is not trusted', async () => {
    await workbench.statusBarItem('Restricted Mode').waitFor();
    await openAt('bar.aedat4', 100_000);
    await waitFor('a picture', async () => (await editor.picture()).drawn > 50);
    await workbench.screenshot('recording-untrusted');
    const target = path.join(workspace, 'part.csv');
    await editor.element('export').click();
    await editor.element('export-csv').click();
    await editor.saveAs(target);
    const lines = await waitFor('the export', async () => {
      const text = await readFile(target, 'utf8').catch(() => '');
      return text.split('\n').length > EVENTS.t.length && text.split('\n');
    });
    assert.ok(lines.length >= EVENTS.t.length);
  });

  it('refuses a file that is on no disk, and says what to do', async () => {
    await workbench.runCommand('Open Virtual Recording');
    await editor.waitForText('failure', /not on a disk.*spikebridge-test.*Save a copy/);
    await workbench.screenshot('recording-virtual');
    await workbench.runCommand('View: Close All Editors');
  });

  it('is as it was after the window was reloaded', async () => {
    await openAt('bar.aedat4', 150_000);
    await editor.element('view-contrast').click();
    await editor.element('add-filter').selectOption('Polarity');
    await editor.waitForText('summary', /100 % ON/);
    await workbench.reload();
    await editor.waitForText('summary', /Contrast.*up to 0:00\.150 000.*100 % ON/);
  });

  it('stays where it is when it moves to another group, and one file can be seen twice', async () => {
    await openAt('bar.aedat4', 200_000);
    await editor.element('view-decay').click();
    await workbench.runCommand('View: Split Editor Right');
    await waitFor('two editors', async () => (await workbench.tab('bar.aedat4').count()) === 2);
    await workbench.runCommand('View: Close Editors in Other Groups');
    await waitFor('one editor', async () => (await workbench.tab('bar.aedat4').count()) === 1);
    await editor.waitForText('summary', /Decay .* up to 0:00\.200 000: [1-9]/i);
    await editor.element('view-accumulation').click();
    await editor.seek(210_000);
    await editor.waitForText('summary', /up to 0:00\.210 000: [1-9]/);
    await workbench.runCommand('View: Move Editor into Right Group');
    await editor.waitForText('summary', /up to 0:00\.210 000: [1-9]/);
  });

  it('can be closed while it loads and opened again', async () => {
    for (let round = 0; round < 3; round++) {
      await workbench.runCommand('View: Close All Editors');
      await workbench.openFile('long.aedat4');
    }
    await workbench.runCommand('View: Close All Editors');
    await editor.open('long.aedat4'); // again, where VS Code itself shows nothing in place of the one just closed
    await editor.waitForText('chip-events', new RegExp(`${Math.floor(LONG.t.length / 1e6)}`));
    await editor.waitForText('summary', /[1-9]\d* events/);
  });

  it('tells that the file has grown, and reads it again where it was', async () => {
    await openAt('bar.aedat4', 120_000);
    const kept = path.join(session.profile.folder, 'kept.aedat4');
    await copyFile(file, kept);
    await appendFile(file, Buffer.alloc(1000));
    await editor.waitForText('notice', /has grown from [\d,]+ to|has grown from/);
    await workbench.screenshot('recording-changed');
    await rm(file);
    await editor.waitForText('notice', /deleted or moved/);
    await rename(kept, file);
    await editor.waitForText('notice', /has changed/);
    await editor.element('read-again').click();
    await editor.element('notice').waitFor({ state: 'hidden' });
    await editor.waitForText('summary', /up to 0:00\.120 000: [1-9]/);
  });

  it('tells that the reader has stopped, and starts it again', async () => {
    await openAt('bar.aedat4', 130_000);
    const readers = await readerProcesses(session.profile.extensions);
    assert.equal(readers.length, 1);
    process.kill(readers[0]!, 'SIGKILL');
    await editor.waitForText('notice', /process that reads recordings ended/);
    await workbench.screenshotInThemes('recording-stopped');
    await editor.element('read-again').click();
    await editor.element('notice').waitFor({ state: 'hidden' });
    await editor.waitForText('summary', /up to 0:00\.130 000: [1-9]/);
    await editor.seek(300_000);
    await editor.waitForText('summary', /up to 0:00\.300 000: [1-9]/);
  });
});
