import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { reportOf } from '../../../../engine/errors';
import { turningBar, writeRecording } from '../../../tools/recordingFiles';
import { RECORDINGS } from '../../../tools/recordings';
import { waitFor } from '../../../tools/waitFor';
import { findChromium } from '../support/dashboardBrowser';
import { RecordingBrowser, type RecordingPage } from '../support/recordingBrowser';
import { decodeTransport, encodeTransport } from '../support/typedTransport';

const SIZE = { width: 120, height: 90 };
const DAVIS = path.join(RECORDINGS, 'derived', 'davis346_none.aedat4');
const EVENTS = turningBar({ size: SIZE, milliseconds: 300, eventsPerMillisecond: 100 });

describe('the stage', function () {
  this.timeout(120_000);
  let browser: RecordingBrowser;
  let folder: string;
  let file: string;
  let open: RecordingPage;

  before(async function () {
    const chromium = findChromium();
    if (!chromium) {
      console.log('      skipped: no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    browser = await RecordingBrowser.start(chromium);
    folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-stage-'));
    file = await writeRecording(path.join(folder, 'bar.aedat4'), EVENTS, SIZE);
  });
  after(async () => {
    await browser?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    const { errors } = open;
    await open.close();
    assert.deepEqual(errors, [], 'errors of the page');
  });

  /** @param view on top of a slice in the middle. */
  async function start(view: Record<string, unknown> = {}): Promise<RecordingPage['page']> {
    const state = { view: { sliceMicroseconds: 20_000, ...view }, player: { time: 100_000 } };
    open = await browser.open({ file, state, width: 924, height: 690 });
    await waitFor('a picture', async () => /[1-9]\d* events/.test(await open.text('summary')));
    return open.page;
  }

  async function boxOf(selector: string) {
    return (await open.page.locator(selector).boundingBox())!;
  }

  /** The zoom that VS Code keeps. */
  async function savedFactor(): Promise<number | undefined> {
    const state = (await open.page.evaluate('window.fakeHost.state')) as
      | { readonly view?: { readonly zoom?: { readonly factor: number } } }
      | undefined;
    return state?.view?.zoom?.factor;
  }

  const level = async () => Number.parseFloat(await open.text('zoom-level'));
  const readOut = async () =>
    /\((\d+), (\d+)\)/
      .exec(await open.text('read-out'))
      ?.slice(1)
      .map(Number);

  it('zooms around the pointer, moves, and fits again', async () => {
    const page = await start();
    const place = await boxOf('#viewport');
    const [x, y] = [place.x + place.width * 0.4, place.y + place.height * 0.3];
    const fitted = await level();
    await page.mouse.move(x, y);
    const before = await waitFor('a pixel', readOut);
    for (let turn = 0; turn < 6; turn++) {
      await page.mouse.wheel(0, -100);
      await waitFor('a larger picture', async () => (await level()) > fitted * 1.24 ** (turn + 1) - 1);
    }
    const after = await waitFor('the pixel', readOut);
    assert.ok(
      Math.abs(after[0]! - before[0]!) <= 1 && Math.abs(after[1]! - before[1]!) <= 1,
      `${before} ${after}`,
    );
    const zoomed = await boxOf('.picture-box');
    const canvases = await Promise.all(['#picture', '.overlay'].map(boxOf));
    assert.deepEqual(canvases, [zoomed, zoomed], 'everything of the picture lies together');
    const pixel = await boxOf('.overlay .pixel');
    assert.ok(pixel.x <= x && x <= pixel.x + pixel.width, 'the mark is under the pointer');
    await page.mouse.down({ button: 'middle' });
    await page.mouse.move(x + 60, y + 30, { steps: 3 });
    await page.mouse.up({ button: 'middle' });
    await waitFor('another place', async () => Math.abs((await boxOf('.picture-box')).x - zoomed.x - 60) < 2);
    await waitFor('the saved zoom', async () => ((await savedFactor()) ?? 1) > 3);
    await page.click('#zoom-fit');
    await waitFor('all of it', async () => (await level()) === fitted);
  });

  it('crops to a region that is dragged on the zoomed picture', async () => {
    const page = await start({ zoom: { factor: 4, x: 0.5, y: 0.5 } });
    const scale = (await level()) / 100;
    const place = await boxOf('#viewport');
    const [x, y] = [place.x + place.width / 2, place.y + place.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 10 * scale, y + 8 * scale, { steps: 3 });
    await page.mouse.up();
    await page.locator('#filter-0-width').waitFor();
    const width = Number(await page.inputValue('#filter-0-width'));
    assert.ok(Math.abs(width - 11) <= 1, `${width} pixels`);
  });

  it('zooms by keys where the picture has the focus, and follows the read-out', async () => {
    const page = await start();
    const fitted = await level();
    const speed = await page.inputValue('#speed');
    await page.focus('#viewport');
    for (let press = 0; press < 3; press++) {
      await page.keyboard.press('+');
      await waitFor('a larger picture', async () => (await level()) > fitted * 1.49 ** (press + 1));
    }
    assert.equal(await page.inputValue('#speed'), speed, 'the same speed');
    const before = await boxOf('.picture-box');
    for (let press = 0; press < 4; press++) {
      await page.keyboard.press('Shift+Alt+ArrowRight');
    }
    await waitFor('a picture that follows', async () => (await boxOf('.picture-box')).x < before.x);
    await page.keyboard.press('0');
    await waitFor('all of it', async () => (await level()) === fitted);
  });

  it('changes no size while it plays', async () => {
    const page = await start();
    const sizes = () =>
      page.evaluate(() =>
        ['.stage-head', '#viewport', '.stage-foot', '.view-tabs'].map((each) => {
          const { top, height } = document.querySelector(each)!.getBoundingClientRect();
          return `${each} ${top} ${height}`;
        }),
      );
    const before = await sizes();
    await page.selectOption('#speed', '0.01');
    await page.click('#play');
    await waitFor('its pace', async () => /fps/.test(await open.text('renderer-name')));
    assert.deepEqual(await sizes(), before);
    assert.match((await page.getAttribute('#renderer-name', 'title')) ?? '', /Drawn by the processor/);
  });

  it('keeps the cloud and its axes inside, however it is turned', async () => {
    const page = await start({ view: 'cloud' });
    await page.focus('#viewport');
    const place = await boxOf('#viewport');
    for (let turn = 0; turn < 12; turn++) {
      await page.keyboard.press(turn % 3 === 0 ? 'ArrowDown' : 'ArrowLeft');
      await page.keyboard.press('ArrowLeft');
      const texts = await page.locator('.axis text:visible').all();
      assert.ok(texts.length >= 6, `${texts.length} texts`);
      for (const text of texts) {
        const box = (await text.boundingBox())!;
        const inside =
          box.x >= place.x &&
          box.y >= place.y &&
          box.x + box.width <= place.x + place.width &&
          box.y + box.height <= place.y + place.height;
        assert.ok(inside, `${await text.textContent()} at ${JSON.stringify(box)}`);
      }
    }
    assert.equal(await page.locator('.axis text').nth(2).textContent(), '119');
  });

  it('shows the head of the panel when it turns to the network', async () => {
    const page = await start();
    await page.evaluate(() => {
      document.querySelector('#inspector')!.scrollTop = 200;
    });
    await page.keyboard.press('6');
    await page.locator('.thumbnail').first().waitFor();
    assert.equal(await page.evaluate(() => document.querySelector('#inspector')!.scrollTop), 0);
    assert.equal(await page.locator('[id=tensor-size]').count(), 1);
    assert.equal(await page.isVisible('#network-size'), false, 'one size for one tensor');
  });

  it('shows hundreds of steps with few thumbnails, and goes to any by keys', async () => {
    const representation = { name: 'ToFrame', time_window: 300 };
    const page = await start({ view: 'network', network: { representation, sizePixels: 28 } });
    await page.locator('.thumbnail').first().waitFor();
    const steps = Number(/input of (\d+) x/.exec(await open.text('summary'))?.[1]);
    assert.ok(steps > 900, `${steps} steps`);
    assert.ok((await page.locator('.thumbnail').count()) < 50);
    await page.focus('.thumbnail[aria-current=true]');
    await page.keyboard.press('End');
    await waitFor('the last step', async () => new RegExp(`Step ${steps}:`).test(await open.text('summary')));
    const [strip, last] = [await boxOf('#film-strip'), await boxOf('.thumbnail[aria-current=true]')];
    assert.ok(last.x >= strip.x && last.x + last.width <= strip.x + strip.width + 1);
    await page.keyboard.press('ArrowLeft');
    await waitFor('the one before', async () =>
      new RegExp(`Step ${steps - 1}:`).test(await open.text('summary')),
    );
    await page.locator('#film-strip').hover();
    await page.mouse.wheel(0, -400);
    await waitFor('earlier steps', async () =>
      page.evaluate(() => {
        const { scrollLeft, scrollWidth, clientWidth } = document.querySelector('#film-strip')!;
        return scrollLeft < scrollWidth - clientWidth - 300;
      }),
    );
  });

  it('shows a tensor as an old one while another is computed', async () => {
    const page = await start({ view: 'network' });
    await page.locator('.thumbnail').first().waitFor();
    const states = page.evaluate(
      () =>
        new Promise<string[]>((resolve) => {
          const viewport = document.querySelector('#viewport')!;
          const seen: string[] = [];
          new MutationObserver(() => {
            seen.push(viewport.getAttribute('aria-busy') ?? '');
            if (seen.at(-1) === 'false' && seen.includes('true')) {
              resolve([...new Set(seen)]);
            }
          }).observe(viewport, { attributes: true, attributeFilter: ['aria-busy'] });
        }),
    );
    await page.fill('#tensor-time_steps', '7');
    await page.press('#tensor-time_steps', 'Enter');
    assert.deepEqual((await states).toSorted(), ['false', 'true']);
    await waitFor('the new one', async () => /7 x 2 x 48 x 48/.test(await open.text('summary')));
  });

  it('tells a failure over the picture until it is closed or something else is done', async () => {
    const page = await start();
    const answer = open.answer.bind(open);
    open.answer = async (text) => {
      const message = decodeTransport(text) as { readonly id?: string; readonly method: string };
      const error = reportOf(new Error('the disk is full'));
      return message.method === 'recording/save' ? encodeTransport({ id: message.id, error }) : answer(text);
    };
    const before = await boxOf('#viewport');
    for (const leave of [() => page.click('#close-message'), () => page.keyboard.press('ArrowRight')]) {
      await page.click('#export');
      await page.click('#export-picture');
      await page.locator('#message').waitFor();
      assert.match(await open.text('message'), /the disk is full/i);
      assert.deepEqual(await boxOf('#viewport'), before, 'the picture stays where it is');
      await leave();
      await page.locator('#message').waitFor({ state: 'hidden' });
    }
  });

  (existsSync(DAVIS) ? it : it.skip)('offers camera frames only where they are', async () => {
    open = await browser.open({ file: DAVIS });
    await open.page.locator('#frame-picture').waitFor();
    await open.page.locator('#frame-strength').fill('40');
    await waitFor('a weaker frame', () =>
      open.page.evaluate(
        () => document.querySelector<HTMLElement>('#frame-picture')!.style.opacity === '0.4',
      ),
    );
    for (const key of ['5', '6']) {
      await open.page.keyboard.press(key);
      await open.page.locator('#show-frames').waitFor({ state: 'hidden' });
      assert.equal(await open.page.isVisible('#frame-strength'), false);
    }
  });
});
