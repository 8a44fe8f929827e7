import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { firstEvents } from '../../../../engine/events/eventBatch';
import { turningBar, writeRecording } from '../../../tools/recordingFiles';
import { waitFor } from '../../../tools/waitFor';
import { findChromium } from '../support/dashboardBrowser';
import { RecordingBrowser, type RecordingPage, type RecordingPageOptions } from '../support/recordingBrowser';
import type { ThemeName } from '../support/vscodeThemes';

const ROOT = process.env.SPIKEBRIDGE_ROOT ?? process.cwd();
const SIZE = { width: 120, height: 90 };
const EVENTS = turningBar({ size: SIZE, milliseconds: 300, eventsPerMillisecond: 100 });

async function seriousViolations({ page }: RecordingPage): Promise<string[]> {
  const source = await readFile(path.join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8');
  // Through the debugger, so that the page's content security policy stays as it is.
  await page.evaluate(source);
  const { violations } = (await page.evaluate('axe.run(document)')) as {
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  };
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

/** RGBA of the picture's canvas, alpha multiplied out. */
async function pictureOf({ page }: RecordingPage): Promise<number[]> {
  return page.locator('#picture').evaluate((canvas) => {
    const source = canvas as HTMLCanvasElement;
    const copy = document.createElement('canvas');
    copy.width = source.width;
    copy.height = source.height;
    const context = copy.getContext('2d')!;
    context.fillStyle = '#000';
    context.fillRect(0, 0, copy.width, copy.height);
    context.drawImage(source, 0, 0);
    return [...context.getImageData(0, 0, copy.width, copy.height).data];
  });
}

/** Numbers of blue pixels of each row of the picture that has some. */
async function blueRows({ page }: RecordingPage): Promise<number[]> {
  return page.locator('#picture').evaluate((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const copy = document.createElement('canvas');
    copy.width = width;
    copy.height = height;
    const context = copy.getContext('2d')!;
    context.drawImage(canvas as HTMLCanvasElement, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    const rows = Array.from({ length: height }, (_, row) => {
      let count = 0;
      for (let at = row * width * 4; at < (row + 1) * width * 4; at += 4) {
        count += data[at + 2]! > 200 ? 1 : 0;
      }
      return count;
    });
    return rows.filter((count) => count > 0);
  });
}

/** Runs in the page: what sticks out of the window, of the side panel, or of the stage where that does not scroll. */
function misplacedControls(): string[] {
  const { clientWidth, clientHeight, scrollWidth } = document.documentElement;
  const shown = (selector: string) =>
    [...document.querySelectorAll(selector)]
      .filter((each) => each.getBoundingClientRect().width > 1 && !each.closest('.menu, .visually-hidden'))
      .map((each) => ({ name: each.id || each.className, box: each.getBoundingClientRect(), each }));
  const middle = document.querySelector('.middle')!;
  const stageEnd =
    getComputedStyle(middle).overflowY === 'hidden' ? middle.getBoundingClientRect().bottom : Infinity;
  const misplaced = [
    ...shown('.info-strip button, .stage-head button, .transport *').filter(
      ({ box }) => box.left < 0 || box.right > clientWidth + 0.5 || box.bottom > clientHeight + 0.5,
    ),
    ...shown('.inspector .field, .inspector input').filter(
      ({ box, each }) => box.right > each.closest('.section')!.getBoundingClientRect().right - 4,
    ),
    ...shown('.viewport, .film-strip, .stage-foot').filter(({ box }) => box.bottom > stageEnd + 0.5),
  ].map(({ name, box }) => `${name} from ${box.left} to ${box.right}, down to ${box.bottom}`);
  return scrollWidth > clientWidth ? [...misplaced, `the page is ${scrollWidth} wide`] : misplaced;
}

describe('the webview of a recording', function () {
  this.timeout(120_000);
  let browser: RecordingBrowser;
  let folder: string;
  let file: string;
  let open: RecordingPage | undefined;

  before(async function () {
    const chromium = findChromium();
    if (!chromium) {
      console.log('      skipped: no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    browser = await RecordingBrowser.start(chromium);
    folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-editor-'));
    file = await writeRecording(path.join(folder, 'bar.aedat4'), EVENTS, SIZE);
  });
  after(async () => {
    await browser?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(options: Partial<RecordingPageOptions> = {}): Promise<RecordingPage> {
    open = await browser.open({ file, ...options });
    return open;
  }

  async function playable(page: RecordingPage): Promise<void> {
    await waitFor('a picture', async () => /[1-9]\d* events/.test(await page.text('summary')));
  }

  afterEach(async () => {
    if (open) {
      const [violations, errors] = [await open.violations(), open.errors];
      await open.close();
      open = undefined;
      assert.deepEqual(violations, [], 'content security policy');
      assert.deepEqual(errors, [], 'errors of the page');
    }
  });

  for (const theme of ['dark', 'light', 'high-contrast', 'high-contrast-light'] as ThemeName[]) {
    it(`has no serious accessibility problem (${theme})`, async () => {
      const page = await start({ theme });
      await playable(page);
      await page.page.selectOption('#add-filter', 'Denoise');
      await waitFor('the filter', async () => /drops/.test(await page.text('filter-chain')));
      assert.deepEqual(await seriousViolations(page), []);
      await page.screenshot(`editor-${theme}`);
      await page.page.keyboard.press('6');
      await page.page.locator('.thumbnail').first().waitFor();
      assert.deepEqual(await seriousViolations(page), []);
    });
  }

  for (const view of ['accumulation', 'decay', 'surface', 'contrast', 'network']) {
    it(`draws the same with WebGL 2 and with Canvas 2D: ${view}`, async () => {
      const page = await start({ state: { view: { view, renderer: 'canvas', scheme: 'ice' } } });
      await playable(page);
      if (view === 'network') {
        await page.page.locator('.thumbnail').first().waitFor();
      }
      await waitFor('a drawn picture', async () =>
        (await pictureOf(page)).some((part, at) => at % 4 < 3 && part > 9),
      );
      const canvas = await pictureOf(page);
      await page.page.selectOption('#renderer', 'webgl');
      await waitFor('WebGL 2', async () => (await page.text('renderer-name')).includes('WebGL 2'));
      const webgl = await pictureOf(page);
      assert.equal(webgl.length, canvas.length);
      const apart = webgl.filter((part, index) => Math.abs(part - canvas[index]!) > 6).length;
      assert.ok(apart <= webgl.length * 0.002, `${apart} of ${webgl.length} values differ`);
    });
  }

  it('draws the cloud with both renderers and turns it by keys', async () => {
    for (const renderer of ['canvas', 'webgl']) {
      const page = await start({ state: { view: { view: 'cloud', renderer } } });
      await playable(page);
      const before = await waitFor(
        'a cloud',
        async () => (await blueRows(page)).length > 20 && blueRows(page),
      );
      await page.page.focus('#viewport');
      await page.page.keyboard.press('ArrowRight');
      await waitFor('another view', async () => String(await blueRows(page)) !== String(before));
      await open?.close();
      open = undefined;
    }
  });

  it('is driven by keys', async () => {
    const page = await start({ state: { view: { view: 'accumulation' }, player: { time: 100_000 } } });
    await playable(page);
    const time = () => page.page.inputValue('#timecode');
    await waitFor('the saved time', async () => (await time()) === '0:00.100 000');
    for (const [key, expected] of [
      ['ArrowRight', '0:00.120 000'],
      ['Shift+ArrowLeft', '0:00.000 000'],
      ['.', '0:00.000 001'],
      ['End', '0:00.299 991'],
    ] as const) {
      await page.page.keyboard.press(key);
      await waitFor(`${key}: ${expected}`, async () => (await time()).slice(0, 8) === expected.slice(0, 8));
    }
    await page.page.keyboard.press('Home');
    await page.page.keyboard.press('i');
    await page.page.keyboard.press('g');
    await page.page.keyboard.type('50 ms');
    await page.page.keyboard.press('Enter');
    await page.page.keyboard.press('o');
    await waitFor('marks', async () => (await page.page.inputValue('#mark-out')) === '0:00.050 000');
    await page.page.keyboard.press('Shift+L');
    await page.page.keyboard.press('Space');
    await waitFor('playing', async () => (await page.text('player-mode')) === 'Playing');
    await page.page.keyboard.press('?');
    await page.page.locator('#key-help[open]').waitFor();
    await page.page.keyboard.press('Escape');
  });

  it('comes back as it was left', async () => {
    const page = await start();
    await playable(page);
    await page.page.keyboard.press('4');
    await page.page.fill('#timecode', '70000');
    await page.page.press('#timecode', 'Enter');
    const state = await waitFor('the saved state', async () => {
      const saved = (await page.page.evaluate('window.fakeHost.state')) as { player?: { time: number } };
      return saved?.player?.time === 70_000 && saved;
    });
    await page.close();
    const again = await start({ state });
    await waitFor('the time', async () => (await again.page.inputValue('#timecode')) === '0:00.070 000');
    assert.equal(await again.page.getAttribute('#view-contrast', 'aria-pressed'), 'true');
  });

  it('hands the export of the marked range on', async () => {
    const page = await start();
    await playable(page);
    await page.page.fill('#mark-in', '10 ms');
    await page.page.press('#mark-in', 'Enter');
    await page.page.click('#export');
    await page.page.click('#export-csv');
    const [sent] = (await page.sent('recording/export')) as [
      { query: { from: number }; suggestedName: string },
    ];
    assert.deepEqual([sent.query.from, sent.suggestedName], [10_000, 'bar-part.csv']);
  });

  for (const [width, height] of [
    [500, 700],
    [400, 700],
    [300, 500],
    [900, 340],
    [700, 260],
  ] as const) {
    for (const view of ['accumulation', 'network']) {
      it(`fits ${width} x ${height} pixels: ${view}`, async () => {
        const page = await start({ width, height, state: { view: { view } } });
        await waitFor('a picture', async () => /[1-9]\d* events/.test(await page.text('summary')));
        await page.screenshot(`editor-${width}x${height}-${view}`);
        assert.deepEqual(await page.page.evaluate(misplacedControls), []);
      });
    }
  }

  it('tells that the file has changed, and reads it again where it was', async () => {
    const page = await start();
    await playable(page);
    await page.page.fill('#timecode', '70000');
    await page.page.press('#timecode', 'Enter');
    await page.notify('recording/notice', { kind: 'changed', message: 'The file has grown.' });
    await page.page.locator('#notice').waitFor();
    assert.match(await page.text('notice'), /has grown/);
    assert.deepEqual(await seriousViolations(page), []);
    await page.page.click('#read-again');
    await page.page.locator('#notice').waitFor({ state: 'hidden' });
    await waitFor('the time', async () => (await page.page.inputValue('#timecode')) === '0:00.070 000');
    await playable(page);
    await page.notify('recording/notice', { kind: 'deleted', message: 'The file is gone.' });
    await page.page.locator('#notice').waitFor();
    assert.equal(await page.page.isVisible('#read-again'), false);
    await page.notify('recording/notice', null);
    await page.page.locator('#notice').waitFor({ state: 'hidden' });
  });

  it('shows all complete events of a truncated file, and where it ends', async () => {
    const whole = await writeRecording(path.join(folder, 'whole.dat'), EVENTS, SIZE);
    const bytes = await readFile(whole);
    const truncated = path.join(folder, 'truncated.dat');
    await writeFile(truncated, bytes.subarray(0, bytes.length - 3));
    const page = await start({ file: truncated });
    await playable(page);
    await page.page.locator('#warnings').waitFor();
    const expected = (bytes.length - 8).toLocaleString('en');
    assert.match(await page.text('file-warnings'), new RegExp(`byte ${expected}`));
    assert.deepEqual(await seriousViolations(page), []);
    await page.page.click('#close-warnings');
    await page.page.locator('#warnings').waitFor({ state: 'hidden' });
    await page.page.click('#warning-chip');
    await page.page.locator('#warnings').waitFor();
  });

  it('asks for the size that a file does not tell', async () => {
    const page = await start({ file: await writeRecording(path.join(folder, 'bar.bin'), EVENTS, SIZE) });
    await page.page.fill('#size-width', '120');
    await page.page.fill('#size-height', '90');
    assert.deepEqual(await seriousViolations(page), []);
    await page.page.click('#size-answer');
    await playable(page);
    assert.equal(await page.text('chip-size'), '120 × 90');
  });

  it('says that a recording holds no events', async () => {
    const none = await writeRecording(path.join(folder, 'none.aedat4'), firstEvents(EVENTS, 0), SIZE);
    const page = await start({ file: none });
    await waitFor('the text', async () => /holds no events/.test(await page.text('summary')));
  });

  it('names the label at the playhead', async () => {
    const labelled = await writeRecording(path.join(folder, 'user01_led.aedat4'), EVENTS, SIZE);
    await writeFile(
      path.join(folder, 'user01_led_labels.csv'),
      'class,startTime_usec,endTime_usec\n1,50000,100000\n',
    );
    const page = await start({ file: labelled, state: { view: {}, player: { time: 80_000 } } });
    await waitFor('the label', async () => /Label: 1 hand clapping\./.test(await page.text('summary')));
    await page.page.keyboard.press('End');
    await waitFor('no label', async () => !/Label/.test(await page.text('summary')));
  });

  it('says what a file is that is no recording', async () => {
    const picture = path.join(folder, 'picture.aedat4');
    await writeFile(picture, Buffer.from('\x89PNG\r\n\x1a\n0000000000000000', 'latin1'));
    const page = await start({ file: picture });
    await page.page.locator('#failure').waitFor();
    assert.match(await page.text('failure'), /no event recording/);
  });
});
