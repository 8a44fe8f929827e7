import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { turningBar, writeRecording } from '../../../tools/recordingFiles';
import { waitFor } from '../../../tools/waitFor';
import { findChromium } from '../support/dashboardBrowser';
import { RecordingBrowser, type RecordingPage } from '../support/recordingBrowser';

const SIZE = { width: 120, height: 90 };
const FIRST = 5_000_000;
const EVENTS = turningBar({ size: SIZE, milliseconds: 300, eventsPerMillisecond: 100, first: FIRST });
const TIME = FIRST + 100_000;

describe('the controls of a recording', function () {
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
    folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-controls-'));
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

  async function start(view: Record<string, unknown> = {}): Promise<RecordingPage> {
    open = await browser.open({ file, state: { view, player: { time: TIME } } });
    await waitForSummary(/: [1-9][\d,]* events/);
    return open;
  }

  function waitForSummary(wanted: RegExp): Promise<unknown> {
    return waitFor(String(wanted), async () => wanted.test((await open?.text('summary')) ?? ''));
  }

  async function enter({ page }: RecordingPage, field: string, text: string): Promise<void> {
    await page.fill(field, text);
    await page.press(field, 'Enter');
  }

  function invalid({ page }: RecordingPage, field: string): Promise<string | null> {
    return page.getAttribute(field, 'aria-invalid');
  }

  it('says why a time cannot be used, and keeps it until it is corrected or taken back', async () => {
    const page = await start();
    await enter(page, '#timecode', '50%');
    assert.equal(await invalid(page, '#timecode'), 'true');
    assert.ok(await page.page.isVisible('#timecode-note'));
    assert.match(await page.text('timecode-note'), /“50%” is no time\. Examples: 1500/);
    await page.screenshot('controls-invalid-time');
    await page.page.focus('#viewport');
    await page.page.keyboard.press('ArrowRight');
    await waitForSummary(/up to 0:00\.120 000/);
    assert.equal(await page.page.inputValue('#timecode'), '50%');
    await page.page.press('#timecode', 'Escape');
    assert.equal(await page.page.inputValue('#timecode'), '0:00.120 000');
    assert.equal(await invalid(page, '#timecode'), null);
    assert.equal(await page.page.isVisible('#timecode-note'), false);
    await enter(page, '#timecode', '#20000');
    await enter(page, '#timecode', String(FIRST + 60_000));
    await waitForSummary(/up to 0:00\.060 000/);
    assert.equal(await invalid(page, '#timecode'), null);
    assert.match(
      (await page.page.getAttribute('#timecode', 'title')) ?? '',
      /timestamp of the file from 5000000/,
    );
  });

  it('tells that a mark was cleared', async () => {
    const page = await start();
    await page.page.focus('#viewport');
    await page.page.keyboard.press('i');
    await enter(page, '#mark-out', '50 ms');
    await page.page.locator('#mark-in-note').waitFor();
    assert.match(await page.text('mark-in-note'), /IN was cleared/);
    assert.equal(await page.page.inputValue('#mark-in'), '');
    await enter(page, '#mark-in', 'here');
    assert.equal(await invalid(page, '#mark-in'), 'true');
  });

  it('steps by exactly so many events, there and back, from the first slice on', async () => {
    const page = await start({ sliceKind: 'count', sliceEvents: 700 });
    const time = () => page.page.inputValue('#timecode');
    await page.page.focus('#viewport');
    await page.page.keyboard.press('Home');
    const seen: string[] = [];
    for (let slice = 1; slice <= 4; slice++) {
      const end = EVENTS.t[slice * 700 - 1]! + 1 - FIRST;
      const wanted = `0:00.${String(end)
        .padStart(6, '0')
        .replace(/(\d{3})$/, ' $1')}`;
      await waitFor(wanted, async () => (await time()) === wanted);
      await waitForSummary(/: 700 events/);
      seen.push(wanted);
      await page.page.keyboard.press('ArrowRight');
    }
    for (const wanted of seen.reverse()) {
      await page.page.keyboard.press('ArrowLeft');
      await waitFor(wanted, async () => (await time()) === wanted);
    }
  });

  it('shows the first slice at the start, and time 0 on demand', async () => {
    const page = await start({ sliceMicroseconds: 20_000 });
    await page.page.click('#to-start');
    await waitForSummary(/up to 0:00\.020 000: [1-9]/);
    await enter(page, '#timecode', '0');
    await waitForSummary(/up to 0:00\.000 000: 0 events/);
  });

  it('plays forwards with Space, as its button shows, also after playing backwards', async () => {
    const page = await start();
    const shown = async () => [
      await page.page.getAttribute('#play', 'title'),
      await page.page.getAttribute('#reverse', 'aria-pressed'),
      await page.text('player-mode'),
    ];
    const waitForShown = (...wanted: string[]) =>
      waitFor(wanted.join(), async () => String(await shown()) === String(wanted));
    await page.page.selectOption('#speed', '0.001');
    await page.page.focus('#viewport');
    await page.page.keyboard.press('j');
    await waitForShown('Pause (Space)', 'true', 'Playing');
    await page.page.keyboard.press('k');
    await waitForShown('Play (Space)', 'false', 'Paused');
    await page.page.keyboard.press('Space');
    await waitForShown('Pause (Space)', 'false', 'Playing');
    await page.page.click('#reverse');
    await waitForShown('Pause (Space)', 'true', 'Playing');
    await page.page.click('#play');
    await waitForShown('Play (Space)', 'false', 'Paused');
  });

  it('waits for what has not been read yet, and goes there then', async () => {
    const page = await start();
    const ready = await waitFor('the index', async () => page.index?.done && page.index);
    await page.notify('recording/index', { ...ready, done: false, fraction: 0.4, last: FIRST + 120_000 });
    await enter(page, '#timecode', '200 ms');
    await waitForSummary(/Loading… the recording is being read up to 0:00\.200 000 \(40 % read\)/);
    await page.page.focus('#viewport');
    await page.page.keyboard.press('k');
    await waitForSummary(/up to 0:00\.100 000: /);
    await enter(page, '#timecode', '200 ms');
    await page.notify('recording/index', ready);
    await waitForSummary(/up to 0:00\.200 000: [1-9]/);
  });

  it('takes units in the fields of a filter, and counts before it tells what is dropped', async () => {
    const page = await start();
    await page.page.selectOption('#add-filter', 'RefractoryPeriod');
    await waitFor('counts', async () => /loaded events pass/.test(await page.text('filter-total')));
    await enter(page, '#filter-0-delta', '2 ms');
    await waitFor('2000', async () => (await page.page.inputValue('#filter-0-delta')) === '2000');
    assert.doesNotMatch(await page.text('filter-total'), /^0 of 0/);
    await enter(page, '#filter-0-delta', 'soon');
    assert.match(await page.text('filter-0-delta-note'), /0\.1 s/);
    await page.page.selectOption('#add-filter', 'DropPixel');
    const frequency = page.page.locator('#filter-1-hot_pixel_frequency');
    // 32,044 events in 0.3 s over 10,800 pixels are 9.9 events/s on average.
    await waitFor('a threshold', async () => (await frequency.inputValue()) === '490');
    await enter(page, '#filter-1-hot_pixel_frequency', '');
    await waitFor('a hint', async () => /enter a hot pixel/.test(await page.text('filter-chain')));
    await page.screenshot('controls-filters');
  });
});
