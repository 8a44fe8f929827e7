import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { turningBar, writeRecording } from '../../../tools/recordingFiles';
import { waitFor } from '../../../tools/waitFor';
import { findChromium } from '../support/dashboardBrowser';
import { RecordingBrowser, type RecordingPage } from '../support/recordingBrowser';

const SIZE = { width: 120, height: 90 };
const EVENTS = turningBar({ size: SIZE, milliseconds: 100, eventsPerMillisecond: 100 });
/** Event Stream 2.0 of a DVS: 65535 x 65535 pixels, one event. */
const HUGE_SENSOR = [2, 0, 0, 1, 255, 255, 255, 255, 3, 3, 0, 5, 0];

describe('what the editor of recordings refuses', function () {
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
    folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-refusing-'));
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

  async function enter(field: string, text: string): Promise<string | null> {
    const { page } = open!;
    await page.fill(field, text);
    await page.press(field, 'Enter');
    return page.getAttribute(field, 'aria-invalid');
  }

  function waitForText(id: string, wanted: RegExp): Promise<unknown> {
    return waitFor(String(wanted), async () => wanted.test((await open?.text(id)) ?? ''));
  }

  it('is a value that a filter cannot have: the one before stays', async () => {
    open = await browser.open({ file });
    await waitForText('summary', /: [1-9][\d,]* events/);
    await open.page.selectOption('#add-filter', 'Crop');
    await waitForText('filter-chain', /drops \d+/);
    for (const text of ['', '0', '1e300']) {
      assert.equal(await enter('#filter-0-width', text), 'true', text);
    }
    assert.equal(await open.page.getAttribute('rect.region', 'width'), '60');
    assert.equal(await enter('#filter-0-width', '30'), null);
    await waitFor('the region', async () => (await open!.page.getAttribute('rect.region', 'width')) === '30');
    assert.doesNotMatch(await open.text('recording'), /bug in SpikeBridge/);
  });

  it('is a network input that is too large, until another is asked for', async () => {
    const representation = { name: 'ToFrame', n_time_bins: 10 } as const;
    const view = { view: 'network', network: { representation, sizePixels: 0 } };
    open = await browser.open({ file, state: { view } });
    await open.page.locator('.thumbnail').first().waitFor();
    assert.equal(await enter('#tensor-n_time_bins', ''), 'true');
    assert.equal(await enter('#tensor-n_time_bins', '1000000000'), null);
    await waitForText(
      'recording',
      /a tensor of 1000000000 x 2 x 90 x 120 values would take more than 1 GiB/i,
    );
    assert.equal(await enter('#tensor-n_time_bins', '4'), null);
    await waitFor('four steps', async () => (await open!.page.locator('.thumbnail').count()) === 4);
    assert.doesNotMatch(await open.text('recording'), /1 GiB/);
  });

  it('is a sensor that is too large to draw: its true size is asked for', async () => {
    const huge = path.join(folder, 'huge.es');
    await writeFile(huge, Buffer.from([...Buffer.from('Event Stream'), ...HUGE_SENSOR]));
    open = await browser.open({ file: huge });
    await open.page.locator('#size-form').waitFor();
    assert.match(await open.text('size-form'), /65535 x 65535 pixels is too large to draw/);
    await open.screenshot('sensor-too-large');
    await open.page.getByText('34 × 34').click();
    await waitForText('summary', /1 event/);
  });
});
