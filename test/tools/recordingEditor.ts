import type { FrameLocator, Locator } from 'playwright-core';
import { EXTENSION_ID } from './session';
import { delay, waitFor } from './waitFor';
import type { Workbench } from './workbench';

/** The editor of recordings as a person sees it. */
export class RecordingEditorPage {
  readonly frame: FrameLocator;

  constructor(private readonly workbench: Workbench) {
    this.frame = workbench.webview(EXTENSION_ID);
  }

  element(id: string): Locator {
    return this.frame.locator(`#${id}`);
  }

  async text(id: string): Promise<string> {
    return ((await this.element(id).textContent({ timeout: 30_000 })) ?? '').trim();
  }

  /** Waits until the element's text matches. */
  waitForText(id: string, pattern: RegExp, limitMs = 45_000): Promise<string> {
    return waitFor(
      `#${id} that shows ${pattern}`,
      async () => {
        const text = await this.text(id);
        return pattern.test(text) && text;
      },
      limitMs,
    );
  }

  /** Time of the playhead from the start in µs, as the time field shows it. */
  async time(): Promise<number> {
    const [minutes, seconds] = (await this.element('timecode').inputValue()).split(':');
    return Math.round(Number(minutes) * 60e6 + Number(seconds?.replace(' ', '')) * 1e6);
  }

  /** Puts the playhead on a time in µs from the start. */
  async seek(microseconds: number): Promise<void> {
    await this.element('timecode').fill(String(microseconds));
    await this.element('timecode').press('Enter');
  }

  /** Number of events in the slice that is shown. */
  async events(): Promise<number> {
    const text = await this.text('summary');
    return Number(/([\d,]+) events/.exec(text)?.[1]?.replaceAll(',', '') ?? Number.NaN);
  }

  /** Colours that differ from each other in the picture, and how many pixels are not empty. */
  picture(): Promise<{ readonly colors: number; readonly drawn: number }> {
    return this.element('picture').evaluate((canvas) => {
      const source = canvas as HTMLCanvasElement;
      const copy = document.createElement('canvas');
      copy.width = source.width;
      copy.height = source.height;
      const context = copy.getContext('2d')!;
      context.drawImage(source, 0, 0);
      const words = new Uint32Array(context.getImageData(0, 0, copy.width, copy.height).data.buffer);
      const drawn = words.filter((word) => word >>> 24 > 0);
      return { colors: new Set(drawn).size, drawn: drawn.length };
    });
  }

  /** Answers VS Code's dialog for a file's name, which fills in a name of its own while it opens. */
  async saveAs(file: string): Promise<void> {
    const input = this.workbench.quickInput;
    await waitFor('a suggested name', async () => (await input.inputValue({ timeout: 5000 })).length > 1);
    await waitFor('the name', async () => {
      await input.fill(file);
      await delay(500);
      return (await input.inputValue()) === file;
    });
    await input.press('Enter');
  }

  /**
   * Opens a file whose suffix is ours alone. VS Code may not know the extension yet in a window that just opened, and
   * shows the file as text then: it is closed and opened again. An error tells what the editor area showed instead.
   */
  async open(name: string): Promise<void> {
    await waitFor(
      `${name} in the editor of recordings`,
      async () => {
        await this.workbench.openFile(name);
        try {
          await this.frame.locator('#recording > *').first().waitFor({ timeout: 20_000 });
        } catch (error) {
          const shown = await this.workbench.editorArea();
          await this.workbench.runCommand('View: Close Editor');
          throw new Error(`the editor area shows: ${shown}`, { cause: error });
        }
        return true;
      },
      90_000,
    );
  }

  /** Opens a file whose suffix others use too: with "Reopen Editor With…", again when a list was closed meanwhile. */
  async reopen(name: string): Promise<void> {
    await this.workbench.openFile(name);
    await waitFor(`${name} in the editor of recordings`, async () => {
      await this.workbench.runCommand('View: Reopen Editor With...');
      await this.workbench.quickPickRow('Event Recording').first().click({ timeout: 5000 });
      await this.frame.locator('#recording > *').first().waitFor({ timeout: 15_000 });
      return true;
    });
  }
}
