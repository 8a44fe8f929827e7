import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { RunSnapshot } from '../../../engine/protocol/dashboardProtocol';
import {
  DashboardBrowser,
  type DashboardPage,
  findChromium,
  type OpenOptions,
} from './support/dashboardBrowser';
import { syntheticRecords, syntheticStatus } from './support/syntheticRun';
import type { ThemeName } from './support/vscodeThemes';

const RUN_FOLDER = '/runs/nmnist-1k-ktl';
const ROOT = process.env.SPIKEBRIDGE_ROOT ?? process.cwd();

function snapshotAt(
  iteration: number,
  iterations: number,
  method: 'ktl' | 'events-only' = 'ktl',
): RunSnapshot {
  return {
    runFolder: RUN_FOLDER,
    status: syntheticStatus(iteration, iterations, { method }),
    records: syntheticRecords(1, iteration, { iterations, method }),
  };
}

async function seriousViolations(page: DashboardPage): Promise<string[]> {
  const source = await readFile(path.join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8');
  // Through the debugger, so that the page's content security policy stays as it is.
  await page.page.evaluate(source);
  const { violations } = (await page.page.evaluate('axe.run(document)')) as {
    violations: { id: string; impact: string; help: string; nodes: { html: string; target: unknown }[] }[];
  };
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
    );
}

describe('dashboard webview', function () {
  this.timeout(120_000);
  let browser: DashboardBrowser;
  let open: DashboardPage | undefined;

  before(async function () {
    const chromium = findChromium();
    if (!chromium) {
      console.log('      skipped: no Chromium on this machine (Debian: apt-get install chromium)');
      this.skip();
    }
    browser = await DashboardBrowser.start(chromium);
  });
  after(() => browser?.stop());

  async function start(options: OpenOptions): Promise<DashboardPage> {
    open = await browser.open(options);
    return open;
  }

  afterEach(async () => {
    if (open) {
      const [violations, errors] = [await open.violations(), open.errors];
      await open.page.close();
      open = undefined;
      assert.deepEqual(violations, [], 'content security policy');
      assert.deepEqual(errors, [], 'errors of the page');
    }
  });

  for (const theme of ['dark', 'light', 'high-contrast', 'high-contrast-light'] as ThemeName[]) {
    it(`draws every plot and has no serious accessibility problem (${theme})`, async () => {
      const dashboard = await start({ snapshot: snapshotAt(420, 600), theme, height: 1000 });
      for (const plot of ['loss', 'accuracy', 'confusion', 'cka', 'coefficients', 'firing', 'schedule']) {
        await dashboard.drawn(plot);
      }
      await dashboard.page.waitForTimeout(300);
      await dashboard.screenshot(`ktl-${theme}`);
      assert.deepEqual(await seriousViolations(dashboard), []);
    });
  }

  it('fits 500 pixels without a horizontal scroll bar', async () => {
    const dashboard = await start({ snapshot: snapshotAt(420, 600), width: 500, height: 2100 });
    await dashboard.drawn('schedule');
    await dashboard.screenshot('ktl-narrow');
    const widths = await dashboard.page.evaluate(() => [
      document.documentElement.scrollWidth,
      window.innerWidth,
    ]);
    assert.ok(widths[0]! <= widths[1]!, `page ${widths[0]} in window ${widths[1]}`);
  });

  it('uses two columns beside a side bar', async () => {
    const dashboard = await start({ snapshot: snapshotAt(420, 600), width: 1000, height: 1300 });
    await dashboard.drawn('schedule');
    await dashboard.screenshot('ktl-two-columns');
    const tops = await dashboard.page.evaluate(() =>
      ['loss', 'accuracy', 'cka'].map(
        (id) => document.querySelector(`#card-${id}`)?.getBoundingClientRect().top,
      ),
    );
    assert.equal(tops[0], tops[1]);
    assert.ok(tops[2]! > tops[0]!);
  });

  it('hides the transfer plots of a run that has none', async () => {
    const dashboard = await start({ snapshot: snapshotAt(420, 600, 'events-only'), height: 800 });
    await dashboard.drawn('firing');
    await dashboard.page.locator('#card-cka').waitFor({ state: 'hidden' });
    await dashboard.screenshot('events-only');
    assert.equal(await dashboard.page.locator('#card-coefficients').isVisible(), false);
    assert.equal(await dashboard.page.locator('#firing-stream').isVisible(), false);
  });

  it('says what a run is doing before its first iteration', async () => {
    const status = syntheticStatus(0, 600, {
      state: 'preparing',
      backend: '',
      activity: 'decoding recordings',
      progress: 0.45,
      secondsLeft: 12,
      lastLoss: undefined,
      lastAccuracy: undefined,
      bestAccuracy: undefined,
      pairsPerSecond: undefined,
    });
    const dashboard = await start({
      snapshot: { runFolder: RUN_FOLDER, status, records: [] },
      theme: 'light',
    });
    await dashboard.page.getByText('decoding recordings 45 %').waitFor();
    await dashboard.page.locator('#card-loss').getByText('Waiting for the first iteration').waitFor();
    await dashboard.screenshot('preparing-light');
    assert.equal(await dashboard.page.locator('#last-accuracy').textContent(), '–');
  });

  it('shows a failure with its next step, and asks for a resume', async () => {
    const error = {
      category: 'training' as const,
      message:
        'The engine process of "nmnist-1k-ktl" (4242) was killed at iteration 420 of 600. The last checkpoint is of iteration 400.',
      nextStep: 'Choose "Resume Run" to continue from the last checkpoint.',
      place: { file: RUN_FOLDER },
    };
    const run = snapshotAt(420, 600);
    const status = { ...run.status, state: 'failed' as const, error };
    const dashboard = await start({ snapshot: { ...run, status } });
    await dashboard.drawn('loss');
    await dashboard.screenshot('failed');
    assert.equal(await dashboard.page.locator('#failure-message').textContent(), error.message);
    assert.equal(await dashboard.page.locator('#failure-next-step').textContent(), error.nextStep);
    assert.equal(await dashboard.page.locator('#action-stop').isVisible(), false);
    await dashboard.page.locator('#action-resume').click();
    const actions = (await dashboard.sent()).filter(({ method }) => method === 'dashboard/action');
    assert.deepEqual(
      actions.map(({ params }) => params),
      ['resume'],
    );
  });

  it('adds live records, and forgets what a resumed run repeats', async () => {
    const dashboard = await start({ snapshot: snapshotAt(100, 600) });
    await dashboard.drawn('loss');
    const last = () =>
      dashboard.page.evaluate(() => {
        const plot = document.querySelector('#plot-loss') as unknown as { data: { x: number[] }[] };
        return plot.data[0]!.x.at(-1);
      });
    const send = (from: number, to: number) =>
      dashboard.update({
        runFolder: RUN_FOLDER,
        status: syntheticStatus(to, 600),
        newRecords: syntheticRecords(from, to, { iterations: 600 }),
        reset: false,
      });
    await send(101, 130);
    await dashboard.page.getByText('130 / 600').waitFor();
    await dashboard.page.waitForFunction(() => {
      const plot = document.querySelector('#plot-loss') as unknown as { data: { x: number[] }[] };
      return plot.data[0]!.x.at(-1) === 130;
    });
    await send(121, 125);
    await dashboard.page.waitForFunction(() => {
      const plot = document.querySelector('#plot-loss') as unknown as { data: { x: number[] }[] };
      return plot.data[0]!.x.at(-1) === 125;
    });
    assert.equal(await last(), 125);
  });

  it('draws ten thousand iterations with at most 2000 points per curve', async () => {
    const dashboard = await start({ snapshot: snapshotAt(10_000, 10_000) });
    await dashboard.drawn('loss');
    await dashboard.drawn('firing');
    const lengths = await dashboard.page.evaluate(() => {
      const plot = document.querySelector('#plot-loss') as unknown as { data: { x: number[] }[] };
      return plot.data.map(({ x }) => x.length);
    });
    assert.ok(
      lengths.length > 0 && lengths.every((length) => length > 1000 && length <= 2000),
      lengths.join(),
    );
  });

  it('zooms by keyboard in all linked plots, and keeps zoom, smoothing and axis', async () => {
    const dashboard = await start({ snapshot: snapshotAt(420, 600) });
    await dashboard.drawn('accuracy');
    await dashboard.drawn('loss');
    await dashboard.page.locator('#plot-loss').focus();
    await dashboard.page.keyboard.press('+');
    await dashboard.page.locator('#smoothing').fill('0.9');
    const { view, runFolder } = (await dashboard.savedState()) as {
      runFolder: string;
      view: { smoothing: number; ranges: Record<string, [number, number]> };
    };
    assert.equal(runFolder, RUN_FOLDER);
    assert.equal(view.smoothing, 0.9);
    assert.deepEqual(view.ranges.loss, view.ranges.accuracy);
    assert.ok(view.ranges.loss![0] > 1 && view.ranges.loss![1] < 420);

    await dashboard.page.close();
    const again = await start({ snapshot: snapshotAt(420, 600), state: { runFolder, view } });
    await again.drawn('loss');
    assert.equal(await again.page.locator('#smoothing-value').textContent(), '0.90');
    const range = await again.page.evaluate(() => {
      const plot = document.querySelector('#plot-loss') as unknown as {
        layout: { xaxis: { range: number[] } };
      };
      return plot.layout.xaxis.range;
    });
    assert.deepEqual(range, view.ranges.loss);
    await again.page.locator('#reset-zoom').click();
    assert.deepEqual(((await again.savedState()) as { view: { ranges: object } }).view.ranges, {});
  });

  it('offers the configuration, not a resume, when a run failed before its first iteration', async () => {
    const error = {
      category: 'configuration' as const,
      message: 'timeSteps is out of range',
      nextStep: 'Correct it.',
    };
    const status = syntheticStatus(0, 600, { state: 'failed', error });
    const dashboard = await start({ snapshot: { runFolder: RUN_FOLDER, status, records: [] } });
    await dashboard.page.locator('#failure-message').waitFor();
    const isSecondary = (id: string) =>
      dashboard.page.evaluate(
        (selector) => (document.querySelector(selector) as unknown as { secondary: boolean }).secondary,
        id,
      );
    assert.equal(await dashboard.page.locator('#action-resume').isVisible(), false);
    assert.equal(await isSecondary('#action-openConfiguration'), false);
    assert.equal(await isSecondary('#action-openFolder'), true);
  });

  it('takes the colours of a new theme, also where it is out of view', async () => {
    const dashboard = await start({ snapshot: snapshotAt(420, 600), width: 700, height: 500 });
    const schedule = dashboard.page.locator('#card-schedule');
    await schedule.scrollIntoViewIfNeeded();
    await dashboard.drawn('schedule');
    await dashboard.page.evaluate(() => window.scrollTo(0, 0));
    await dashboard.drawn('loss');
    await dashboard.setTheme('light');
    for (const plot of ['loss', 'schedule']) {
      await dashboard.page.waitForFunction((selector) => {
        const { layout } = document.querySelector(selector) as unknown as {
          layout: { font: { color: string }; yaxis: { gridcolor: string } };
        };
        return layout.font.color === '#3b3b3b' && layout.yaxis.gridcolor === 'rgb(220,220,220)';
      }, `#plot-${plot}`);
    }
    await schedule.scrollIntoViewIfNeeded();
    // Polled: scrolling may draw the plot anew, which replaces its elements.
    await dashboard.page.waitForFunction(() => {
      const tick = document.querySelector('#plot-schedule .xtick text');
      return tick && getComputedStyle(tick).fill === 'rgb(97, 97, 97)';
    });
  });

  it('switches curves off and on in the legend', async () => {
    const dashboard = await start({ snapshot: snapshotAt(420, 600) });
    await dashboard.drawn('loss');
    const traces = () =>
      dashboard.page.evaluate(
        () => (document.querySelector('#plot-loss') as unknown as { data: unknown[] }).data.length,
      );
    const before = await traces();
    const entry = dashboard.page.locator('#card-loss .legend-entry', { hasText: 'alignment' });
    await entry.click();
    await dashboard.page.waitForFunction(
      (count) => (document.querySelector('#plot-loss') as unknown as { data: unknown[] }).data.length < count,
      before,
    );
    assert.equal(await entry.getAttribute('aria-pressed'), 'false');
    assert.equal(await traces(), before - 2);
  });

  for (const format of ['png', 'svg', 'csv'] as const) {
    it(`exports a plot as ${format}`, async () => {
      const dashboard = await start({ snapshot: snapshotAt(420, 600) });
      await dashboard.drawn('loss');
      await dashboard.page.locator('#card-loss .export', { hasText: format.toUpperCase() }).click();
      await dashboard.page.waitForFunction(() =>
        (window as unknown as { fakeHost: { sent: { method?: string }[] } }).fakeHost.sent.some(
          ({ method }) => method === 'dashboard/export',
        ),
      );
      const message = (await dashboard.sent()).find(({ method }) => method === 'dashboard/export');
      const file = message!.params as { fileName: string; content: string; encoding: BufferEncoding };
      assert.equal(file.fileName, `nmnist-1k-ktl-loss.${format}`);
      const content = Buffer.from(file.content, file.encoding);
      const starts = {
        png: '\x89PNG',
        svg: '<svg',
        csv: 'iteration,epoch,elapsed_seconds,total,event,static,alignment\n1,',
      };
      assert.equal(content.subarray(0, starts[format].length).toString('latin1'), starts[format]);
      if (format === 'csv') {
        assert.equal(content.toString().trim().split('\n').length, 421);
      }
    });
  }
});
