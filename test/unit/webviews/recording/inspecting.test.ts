import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { COLOR_SCHEMES } from '../../../../webviews/recording/picture/colorSchemes';
import { turningBar, writeRecording } from '../../../tools/recordingFiles';
import { RECORDINGS } from '../../../tools/recordings';
import { waitFor } from '../../../tools/waitFor';
import { findChromium } from '../support/dashboardBrowser';
import { RecordingBrowser, type RecordingPage } from '../support/recordingBrowser';

const SIZE = { width: 120, height: 90 };
const EVENTS = turningBar({ size: SIZE, milliseconds: 300, eventsPerMillisecond: 100 });
const TIME = 100_000;
const SLICE = 20_000;

/** Numbers of OFF and ON events of each pixel in a span. */
function countsBetween(from: number, to: number): Map<string, [number, number]> {
  const counts = new Map<string, [number, number]>();
  EVENTS.t.forEach((t, event) => {
    if (t >= from && t < to) {
      const key = `${EVENTS.x[event]}, ${EVENTS.y[event]}`;
      const pair = counts.get(key) ?? [0, 0];
      pair[EVENTS.polarity[event]! as 0 | 1]++;
      counts.set(key, pair);
    }
  });
  return counts;
}

describe('looking into a recording', function () {
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
    folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-inspect-'));
    file = await writeRecording(path.join(folder, 'bar.aedat4'), EVENTS, SIZE);
  });
  after(async () => {
    await browser?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    const { errors = [] } = open ?? {};
    await open?.close();
    open = undefined;
    assert.deepEqual(errors, [], 'errors of the page');
  });

  async function start(view: Record<string, unknown> = {}, recording = file): Promise<RecordingPage> {
    const state = { view: { sliceMicroseconds: SLICE, ...view }, player: { time: TIME } };
    open = await browser.open({ file: recording, state });
    await waitFor('a picture', async () => /[1-9]\d* events/.test((await open?.text('summary')) ?? ''));
    return open;
  }

  it('tells the counts of the pixel under the pointer, and of the next by keys', async () => {
    const page = await start();
    const counts = countsBetween(TIME - SLICE, TIME);
    const [key, [off, on]] = [...counts].reduce((most, each) => (each[1][1] > most[1][1] ? each : most));
    const [x, y] = key.split(', ').map(Number) as [number, number];
    const box = (await page.page.locator('.picture-box').boundingBox())!;
    await page.page.mouse.move(
      box.x + ((x + 0.5) / SIZE.width) * box.width,
      box.y + ((y + 0.5) / SIZE.height) * box.height,
    );
    await waitFor(
      'the counts',
      async () => (await page.text('read-out')) === `(${key})  ON ${on}  OFF ${off}`,
    );
    await page.page.focus('#viewport');
    await page.page.keyboard.press('Alt+ArrowRight');
    const next = `${x + 1}, ${y}`;
    const [nextOff, nextOn] = counts.get(next) ?? [0, 0];
    assert.equal(await page.text('read-out'), `(${next})  ON ${nextOn}  OFF ${nextOff}`);
  });

  it('counts pixels by their number of events', async () => {
    const page = await start();
    const totals = [...countsBetween(TIME - SLICE, TIME).values()].map(([off, on]) => off + on);
    const once = totals.filter((total) => total === 1).length;
    const label = await page.page.getAttribute('#pixel-histogram', 'aria-label');
    assert.match(label ?? '', new RegExp(`\\. 1: ${once}, 2: `));
  });

  it('shows a given number of events', async () => {
    const page = await start();
    await page.page.selectOption('#slice-kind', 'count');
    await page.page.fill('#slice-events', '700');
    await page.page.press('#slice-events', 'Enter');
    await waitFor('700 events', async () => /: 700 events/.test(await page.text('summary')));
  });

  it('has colours that can be told apart in every scheme, and a legend of them', async () => {
    const page = await start();
    const seen = new Set<string>();
    for (const { id, coloring } of COLOR_SCHEMES) {
      await page.page.selectOption('#scheme', id);
      await page.page.locator(`.legend[data-scheme="${id}"]`).waitFor();
      const words = coloring.kind === 'polarity' ? 'ONOFF' : 'fewmany';
      assert.equal(await page.page.locator('.legend').textContent(), words);
      seen.add(
        await page.page.locator('#picture').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL()),
      );
    }
    assert.equal(seen.size, COLOR_SCHEMES.length);
  });

  it('draws what is loaded and the rate under the playhead', async () => {
    const page = await start();
    const filled = await page.page.locator('.rate-picture').evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
      const columns = Array.from({ length: width }, (_, column) => {
        let count = 0;
        for (let row = 0; row < height; row++) {
          count += data[(row * width + column) * 4 + 3]! > 200 ? 1 : 0;
        }
        return count;
      });
      return { busy: Math.max(...columns), calm: Math.min(...columns) };
    });
    assert.ok(filled.busy > 30 && filled.calm < filled.busy, JSON.stringify(filled));
  });

  it('draws the contours of N-Caltech101 over the events, until they are switched off', async () => {
    const images = path.join(folder, 'Caltech101', 'Faces');
    const annotations = path.join(folder, 'Caltech101_annotations', 'Faces');
    await Promise.all([images, annotations].map((each) => mkdir(each, { recursive: true })));
    const target = path.join(images, 'image_0001.aedat4');
    await copyFile(file, target);
    const contours = [2, 4, 10, 20, 30, 20, 30, 40, 10, 40, 2, 3, 1, 2, 3, 4, 5, 6];
    await writeFile(
      path.join(annotations, 'annotation_0001.bin'),
      new Uint8Array(Int16Array.from(contours).buffer),
    );
    const page = await start({}, target);
    assert.equal(await page.page.locator('.labels polygon').count(), 2);
    assert.equal(
      await page.page.locator('.labels polygon').first().getAttribute('points'),
      '10,20 30,20 30,40 10,40',
    );
    await page.page.uncheck('#show-labels');
    await page.page.locator('.labels').waitFor({ state: 'hidden' });
  });

  it('shows the camera frames of a DAVIS under the events, until they are switched off', async function () {
    const davis = path.join(RECORDINGS, 'derived', 'davis346_none.aedat4');
    if (!existsSync(davis)) {
      this.skip();
    }
    open = await browser.open({ file: davis, theme: 'light' });
    const frame = open.page.locator('#frame-picture');
    await frame.waitFor();
    const greys = await frame.evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
      return { width, height, values: new Set(data.filter((_, at) => at % 4 === 0)).size };
    });
    assert.deepEqual([greys.width, greys.height], [346, 260]);
    assert.ok(greys.values > 50, `${greys.values} values of grey`);
    await open.page.locator('.legend[data-scheme="ice"]').waitFor();
    await open.page.uncheck('#show-frames');
    await frame.waitFor({ state: 'hidden' });
    await open.page.locator('.legend[data-scheme="paper"]').waitFor();
  });

  it('draws with the processor when the graphics card is taken away', async () => {
    const page = await start({ renderer: 'webgl' });
    await waitFor('WebGL 2', async () => (await page.text('renderer-name')).includes('WebGL 2'));
    await page.page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('#picture')!;
      canvas.getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext();
    });
    await waitFor('Canvas 2D', async () => (await page.text('renderer-name')).includes('Canvas 2D'));
    const drawn = await page.page.locator('#picture').evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
      return data.filter((part, at) => at % 4 === 3 && part > 0).length;
    });
    assert.ok(drawn > 50, `${drawn} pixels`);
  });

  it('moves nothing but what is played', async () => {
    const page = await start({ view: 'network' });
    await page.page.locator('.thumbnail').first().waitFor();
    await page.page.click('#export');
    const moving = await page.page.evaluate(() =>
      [...document.querySelectorAll('*')]
        .filter((each) => {
          const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(each);
          return transitionDuration !== '0s' || animationName !== 'none' || scrollBehavior === 'smooth';
        })
        .map(({ className, id }) => id || String(className)),
    );
    assert.deepEqual(moving, []);
  });
});
