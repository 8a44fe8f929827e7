import type { FrameLocator, Locator } from 'playwright-core';
import { EXTENSION_ID } from './session';
import { waitFor } from './waitFor';
import type { Workbench } from './workbench';

/** The run dashboard as a reader sees it. */
export class Dashboard {
  private readonly frame: FrameLocator;

  constructor(workbench: Workbench) {
    this.frame = workbench.webview(EXTENSION_ID);
  }

  element(id: string): Locator {
    return this.frame.locator(`#${id}`);
  }

  /** What the element shows, without spaces at its ends. */
  async text(id: string): Promise<string> {
    return ((await this.element(id).textContent({ timeout: 30_000 })) ?? '').trim();
  }

  /** Waits until the element's text matches. */
  waitForText(id: string, pattern: RegExp, limitMs = 120_000): Promise<string> {
    return waitFor(
      `#${id} that shows ${pattern}`,
      async () => {
        const text = await this.text(id);
        return pattern.test(text) && text;
      },
      limitMs,
    );
  }

  /** The first number that the element shows; NaN without one. */
  async number(id: string): Promise<number> {
    return Number.parseFloat(/-?\d+(?:\.\d+)?/.exec(await this.text(id))?.[0] ?? 'NaN');
  }

  /** Points of the longest curve of a plot; 0 while nothing is drawn. */
  pointCount(plotId: string): Promise<number> {
    return this.element(plotId).evaluate((element) => {
      interface PlotElement extends Element {
        readonly data?: readonly { readonly x?: ArrayLike<number> }[];
      }
      const inner = element.querySelector('.js-plotly-plot');
      const plot: PlotElement = inner ?? element;
      return Math.max(0, ...(plot.data ?? []).map(({ x }) => x?.length ?? 0));
    });
  }

  /** Waits until the longest curve of a plot has more than `count` points; resolves to its length. */
  waitForMorePoints(plotId: string, count: number, limitMs = 90_000): Promise<number> {
    return waitFor(
      `more than ${count} points in #${plotId}`,
      async () => {
        const now = await this.pointCount(plotId);
        return now > count && now;
      },
      limitMs,
    );
  }
}
