import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { openRecordingFile } from '../../engine/events/openRecordingFile';
import { RecordingEditorPage } from '../tools/recordingEditor';
import { turningBar, writeRecording } from '../tools/recordingFiles';
import { repositoryFile } from '../tools/repository';
import { Session } from '../tools/session';
import { waitFor } from '../tools/waitFor';
import type { Workbench } from '../tools/workbench';

const SIZE = { width: 240, height: 180 };
const SCENE = { size: SIZE, milliseconds: 800, eventsPerMillisecond: 60, first: 5_000_000 };
/** Five formats; the last two do not tell the size of the sensor. */
const FILES = ['bar.aedat4', 'bar.raw', 'bar.dat', 'bar.npz', 'bar.bin'] as const;

/** A table of numbers that nothing tells to be events. */
function plainTable(rows: number): string {
  const line = (row: number) => [row % 60, (row * 7) % 40, row * 3, row + 1].join(',');
  return `a,b,c,d\n${Array.from({ length: rows }, (_, row) => line(row)).join('\n')}\n`;
}

async function countEvents(file: string): Promise<number> {
  const recording = await openRecordingFile(file, { size: SIZE });
  const reader = await recording.events();
  let count = 0;
  for (let batch = await reader.next(); batch; batch = await reader.next()) {
    count += batch.t.length;
  }
  await reader.close();
  await recording.close();
  return count;
}

describe('the editor of recordings', () => {
  let session: Session;
  let workbench: Workbench;
  let editor: RecordingEditorPage;
  let workspace: string;
  const events = turningBar(SCENE);

  before(async () => {
    session = await Session.start('recording-editor');
    const files = { 'notes.csv': 'not,a,recording\n', 'table.csv': plainTable(200) };
    workspace = await session.createWorkspace('recordings', files);
    for (const name of FILES) {
      await writeRecording(path.join(workspace, name), events, SIZE);
    }
    workbench = await session.openWorkbench(workspace);
    editor = new RecordingEditorPage(workbench);
  });

  afterEach(function () {
    return session.recordFailure(this.currentTest);
  });

  after(() => session?.stop());

  it('opens an .aedat4 by default, says what it is and draws it', async () => {
    await editor.open('bar.aedat4');
    await editor.waitForText('chip-format', /AEDAT 4/);
    await editor.waitForText('chip-size', /240 × 180/);
    await editor.waitForText('chip-length', /ms/);
    await waitFor('a picture', async () => (await editor.picture()).drawn > 50);
    await editor.waitForText('summary', /[1-9]\d* events/);
    await workbench.screenshotInThemes('recording-1-accumulation');
  });

  it('goes to an exact time and counts what is there', async () => {
    await editor.seek(300_000);
    await editor.waitForText('summary', /up to 0:00\.300 000/);
    assert.equal(await editor.time(), 300_000);
    const first = events.t[0]!;
    const expected = events.t.filter((t) => t >= first + 280_000 && t < first + 300_000).length;
    await waitFor('the events of the slice', async () => (await editor.events()) === expected);
  });

  it('plays forwards, backwards and pauses', async () => {
    await editor.element('speed').selectOption('0.5');
    const before = await editor.time();
    await editor.element('play').click();
    await waitFor('a later time', async () => (await editor.time()) > before + 50_000);
    await editor.element('play').click();
    const middle = await editor.time();
    await editor.element('reverse').click();
    await waitFor('an earlier time', async () => (await editor.time()) < middle - 20_000);
    await editor.element('reverse').click();
    await waitFor('rest', async () => {
      const time = await editor.time();
      await new Promise((resolve) => setTimeout(resolve, 300));
      return time === (await editor.time());
    });
  });

  it('scrubs: only the last place counts', async () => {
    const bar = (await editor.element('scrub-bar').boundingBox())!;
    await workbench.page.mouse.move(bar.x + bar.width * 0.1, bar.y + 40);
    await workbench.page.mouse.down();
    for (let step = 1; step <= 30; step++) {
      await workbench.page.mouse.move(bar.x + bar.width * (0.1 + 0.02 * step), bar.y + 40);
    }
    await workbench.page.mouse.move(bar.x + bar.width * 0.5, bar.y + 40);
    await workbench.page.mouse.up();
    const time = await editor.time();
    assert.ok(Math.abs(time - 400_000) < 5000, `${time} µs is the middle of 800 ms`);
    const first = events.t[0]!;
    const expected = events.t.filter((t) => t >= first + time - 20_000 && t < first + time).length;
    await waitFor('the events of the last place', async () => (await editor.events()) === expected);
  });

  it('filters, and tells the reduction of each filter', async () => {
    await editor.element('add-filter').selectOption('Polarity');
    await editor.element('filter-0-remove').waitFor();
    await editor.element('add-filter').selectOption('Denoise');
    await editor.waitForText('filter-chain', /drops (?:4|5)\d %/);
    await editor.waitForText('summary', /100 % ON/);
    await workbench.screenshotInThemes('recording-2-filters');
    await editor.element('filter-1-remove').click();
    await editor.element('filter-0-remove').click();
    await waitFor('all events again', async () => /4\d % ON|5\d % ON/.test(await editor.text('summary')));
  });

  it('crops to a region that is dragged', async () => {
    const box = (await editor.element('picture').boundingBox())!;
    await workbench.page.mouse.move(box.x + box.width * 0.25, box.y + box.height * 0.25);
    await workbench.page.mouse.down();
    await workbench.page.mouse.move(box.x + box.width * 0.75, box.y + box.height * 0.75, { steps: 4 });
    await workbench.page.mouse.up();
    await editor.waitForText('filter-chain', /crop/);
    const width = Number(await editor.element('filter-0-width').inputValue());
    assert.ok(Math.abs(width - 120) <= 3, `${width} is half of 240`);
    await workbench.page.keyboard.press('r');
    await editor.element('filter-chain').waitFor({ state: 'hidden' });
  });

  it('zooms into the picture around the pointer, and fits it again', async () => {
    const fitted = await editor.text('zoom-level');
    const box = (await editor.element('viewport').boundingBox())!;
    const before = (await editor.element('picture').boundingBox())!;
    await workbench.page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.4);
    for (let turn = 0; turn < 8; turn++) {
      await workbench.page.mouse.wheel(0, -100);
    }
    await waitFor('a larger picture', async () => {
      const { width } = (await editor.element('picture').boundingBox())!;
      return width > before.width * 3;
    });
    await editor.waitForText('read-out', /\(\d+, \d+\)/);
    await workbench.screenshotInThemes('recording-2-zoomed');
    await editor.element('zoom-fit').click();
    await waitFor('all of it', async () => (await editor.text('zoom-level')) === fitted);
  });

  for (const [number, view] of ['decay', 'surface', 'contrast', 'cloud', 'network'].entries()) {
    it(`shows the view "${view}"`, async () => {
      await editor.element(`view-${view}`).click();
      await waitFor('a picture', async () => (await editor.picture()).drawn > 50);
      if (view === 'network') {
        await editor.waitForText('summary', /10 x 2 x 48 x 48/);
        await editor.frame.locator('.thumbnail').nth(9).waitFor();
      }
      await workbench.screenshotInThemes(`recording-${number + 3}-${view}`);
    });
  }

  it('exports the picture', async () => {
    await editor.element('view-accumulation').click();
    const target = path.join(workspace, 'picture.png');
    await editor.element('export').click();
    await editor.element('export-picture').click();
    await editor.saveAs(target);
    await waitFor('the picture', () => existsSync(target));
    const bytes = await waitFor('all of it', async () => {
      const read = await readFile(target);
      return read.length > 100 && read;
    });
    assert.deepEqual([...bytes.subarray(1, 4)], [...Buffer.from('PNG')]);
  });

  it('exports the marked range as a recording and as CSV', async () => {
    await editor.seek(100_000);
    await editor.element('set-in').click();
    await editor.seek(200_000);
    await editor.element('set-out').click();
    const first = events.t[0]!;
    const expected = events.t.filter((t) => t >= first + 100_000 && t < first + 200_000).length;
    for (const [format, name] of [
      ['evt3', 'part.raw'],
      ['csv', 'part.csv'],
    ] as const) {
      const target = path.join(workspace, name);
      await editor.element('export').click();
      await editor.element(`export-${format}`).click();
      await editor.saveAs(target);
      await waitFor(name, () => existsSync(target));
      assert.equal(await countEvents(target), expected);
    }
  });

  for (const name of FILES.slice(1)) {
    it(`opens ${name} with the editor of recordings`, async () => {
      await workbench.runCommand('View: Close All Editors');
      await editor.reopen(name);
      if (name === 'bar.npz' || name === 'bar.bin') {
        await editor.element('size-width').fill('240');
        await editor.element('size-height').fill('180');
        await workbench.screenshotInThemes('recording-8-size');
        await editor.element('size-answer').click();
      }
      await editor.waitForText('chip-size', /240 × 180/);
      await waitFor('a picture', async () => (await editor.picture()).drawn > 50);
      await editor.waitForText('chip-events', /events/);
    });
  }

  it('remembers the size that it was told', async () => {
    await workbench.runCommand('View: Close All Editors');
    await editor.reopen('bar.bin');
    await editor.waitForText('chip-size', /240 × 180/);
  });

  it('never writes over the recording that is open', async () => {
    await workbench.runCommand('View: Close All Editors');
    await editor.open('bar.aedat4');
    const file = path.join(workspace, 'bar.aedat4');
    const before = await readFile(file);
    await editor.element('export').click();
    await editor.element('export-aedat4').click();
    await editor.saveAs(file);
    await workbench.page.getByText('already exists').first().waitFor();
    await workbench.page.keyboard.press('Enter');
    await waitFor('the refusal', async () =>
      (await editor.frame.locator('#recording').textContent())?.includes('it would be lost'),
    );
    assert.ok(before.equals(await readFile(file)));
  });

  it('opens a table whose columns it is told', async () => {
    await workbench.runCommand('View: Close All Editors');
    await editor.reopen('table.csv');
    await editor.waitForText('failure', /tell its columns/);
    await editor.frame.locator('.columns-form > summary').click();
    await editor.element('columns-roles').fill('xytp');
    await workbench.screenshot('recording-columns');
    await editor.element('columns-answer').click();
    await editor.element('size-width').fill('64');
    await editor.element('size-height').fill('48');
    await editor.element('size-answer').click();
    await editor.waitForText('chip-events', /200/);
  });

  it('has no serious accessibility problem', async () => {
    const source = await readFile(repositoryFile('node_modules/axe-core/axe.min.js'), 'utf8');
    const root = await editor.element('recording').elementHandle();
    const frame = await root?.ownerFrame();
    // Through the debugger, so that the page's content security policy stays as it is.
    await frame?.evaluate(source);
    assert.ok(frame, 'the page of the editor');
    const { violations } = (await frame.evaluate('axe.run(document)')) as {
      violations: { id: string; impact: string; nodes: { html: string }[] }[];
    };
    const problems = violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
    assert.deepEqual(problems, []);
  });

  it('gives the chain as a fragment of a run configuration', async () => {
    await editor.element('export').click();
    await editor.element('export-fragment').click();
    await workbench.page.locator('.view-lines', { hasText: 'timeSteps' }).first().waitFor();
    await workbench.screenshotInThemes('recording-9-fragment');
  });
});
