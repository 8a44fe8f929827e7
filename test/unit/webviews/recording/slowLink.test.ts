import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { turningBar, writeRecording } from '../../../tools/recordingFiles';
import { waitFor } from '../../../tools/waitFor';
import { findChromium } from '../support/dashboardBrowser';
import { RecordingBrowser, type RecordingPage } from '../support/recordingBrowser';

const SIZE = { width: 120, height: 90 };
const EVENTS = turningBar({ size: SIZE, milliseconds: 4000, eventsPerMillisecond: 1000 });
const SLICE = 10_000;

describe('playing over a slow link', function () {
  this.timeout(120_000);
  let browser: RecordingBrowser;
  let folder: string;
  let open: RecordingPage | undefined;

  before(async function () {
    const chromium = findChromium();
    if (!chromium) {
      console.log('      skipped: no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    browser = await RecordingBrowser.start(chromium);
    folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-slow-'));
  });
  after(async () => {
    await open?.close();
    await browser?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('leaves pictures out and says so; the one it pauses at has all of its events', async () => {
    const file = await writeRecording(path.join(folder, 'bar.raw'), EVENTS, SIZE);
    const state = { view: { sliceMicroseconds: SLICE }, player: { time: 50_000, speed: 1 } };
    open = await browser.open({ file, state });
    const { page } = open;
    const summary = () => open!.text('summary');
    await waitFor('the first picture', async () => /[1-9][\d,]* events/.test(await summary()));
    await waitFor('the end of the pass', async () => open!.index?.done);
    open.linkRate = 300;
    await page.keyboard.press('Space');
    await waitFor('pictures left out', async () => /left out/.test(await open!.text('renderer-name')));
    await page.keyboard.press('Space');
    const shown = await waitFor('the picture of the pause', async () => {
      const [, minutes, seconds, part, rest] = /up to (\d+):(\d+)\.(\d+) (\d+)/.exec(await summary()) ?? [];
      const time = (Number(minutes) * 60 + Number(seconds)) * 1e6 + Number(part) * 1000 + Number(rest);
      const field = await page.locator('#timecode').inputValue();
      return field === `${minutes}:${seconds}.${part} ${rest}` && { time };
    });
    const end = EVENTS.t[0]! + shown.time;
    const expected = EVENTS.t.filter((t) => t >= end - SLICE && t < end).length;
    const [, count] = /: ([\d,]+) events/.exec(await summary()) ?? [];
    assert.equal(Number(count?.replaceAll(',', '')), expected);
    assert.deepEqual(open.errors, []);
  });
});
