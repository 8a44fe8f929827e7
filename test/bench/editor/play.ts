import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { formatOfFile } from '../../../engine/events/writers/recordingFormats';
import { openRecordingWriter } from '../../../engine/events/writers/recordingWriter';
import { RecordingEditorPage } from '../../tools/recordingEditor';
import { turningBar } from '../../tools/recordingFiles';
import { Session } from '../../tools/session';
import { DetachedBrowser } from './detachedBrowser';

const SIZE = { width: 1280, height: 720 };
const SECOND = 1e6;

/** What playing a stream at its own speed gave, seen from the page. */
interface Played {
  /** Recording time over wall time; 1 when playing keeps up. */
  readonly speed: number;
  /** Pictures that differ from the one before, per second of wall time. */
  readonly picturesPerSecond: number;
  /** Longest time in ms that the playhead stood still. */
  readonly longestStop: number;
  readonly renderer: string;
}

/** Writes a recording of so many seconds with so many events each, one second after the other. */
async function writeStream(file: string, seconds: number, eventsPerSecond: number): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const writer = await openRecordingWriter(file, { format: formatOfFile(file), size: SIZE, replace: true });
  const second = turningBar({ size: SIZE, milliseconds: 1000, eventsPerMillisecond: eventsPerSecond / 1000 });
  for (let index = 0; index < seconds; index++) {
    await writer.write({ ...second, t: second.t.map((t) => t + index * SECOND) });
  }
  await writer.finish();
}

/** Plays from now on for so many ms and leaves what was seen in the window's `played`; runs in the page. */
function playAndWatch(play: HTMLElement | SVGElement, milliseconds: number): void {
  const field = document.querySelector<HTMLInputElement>('#timecode')!;
  const read = () => {
    const [minutes, seconds] = field.value.split(':');
    return Number(minutes) * 60e6 + Number(seconds?.replace(' ', '')) * 1e6;
  };
  const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
  const watch = async () => {
    play.dispatchEvent(new MouseEvent('click', { bubbles: true }));
    const started = await frame();
    const first = read();
    let [now, time, changed, pictures, longestStop] = [started, first, started, 0, 0];
    while (now - started < milliseconds) {
      now = await frame();
      const next = read();
      if (next !== time) {
        pictures++;
        longestStop = Math.max(longestStop, now - changed);
        changed = now;
      }
      time = next;
    }
    const wall = now - started;
    const played = {
      speed: (time - first) / 1000 / wall,
      picturesPerSecond: (pictures * 1000) / wall,
      longestStop: Math.max(longestStop, now - changed),
      renderer: document.querySelector('#renderer-name')?.textContent ?? '',
    };
    Object.assign(window.top!, { played });
  };
  setTimeout(() => void watch(), 2000);
}

/**
 * Plays a recording of 1280 x 720 in a real VS Code at its own speed, alone in a browser that nobody drives meanwhile.
 * @param suffix of the format. @param seconds of the recording; it is watched for half of it.
 * @returns what the page saw.
 */
export async function play(suffix: string, seconds: number, eventsPerSecond: number): Promise<Played> {
  const detached = await DetachedBrowser.start();
  const session = await Session.start('bench-play', { browser: detached.browser });
  try {
    const workspace = await session.createWorkspace('stream');
    const name = `stream${suffix}`;
    await writeStream(path.join(workspace, name), seconds, eventsPerSecond);
    const workbench = await session.openWorkbench(workspace, undefined, detached.context);
    const editor = new RecordingEditorPage(workbench);
    await (suffix === '.aedat4' ? editor.open(name) : editor.reopen(name));
    await editor.waitForText('chip-events', /M|\d{7}|,\d{3},\d{3}/, 120_000);
    await editor.element('index-progress').waitFor({ state: 'hidden', timeout: 120_000 });
    await editor.element('speed').selectOption('1');
    await editor.seek(0.2 * SECOND);
    await editor.element('play').evaluate(playAndWatch, (seconds / 2) * 1000);
    const page = await detached.runAlone((seconds / 2) * 1000 + 4000, (each) =>
      each.url().includes('folder='),
    );
    const played = await page.waitForFunction(() => Reflect.get(window, 'played') as Played);
    return await played.jsonValue();
  } finally {
    await detached.stop();
    await session.stop();
  }
}
