import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { formatOfFile } from '../../../engine/events/writers/recordingFormats';
import { openRecordingWriter } from '../../../engine/events/writers/recordingWriter';
import { RecordingEditorPage } from '../../tools/recordingEditor';
import { turningBar } from '../../tools/recordingFiles';
import { Session } from '../../tools/session';

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

/** Watches the playhead for so many ms; runs in the page. */
function watch(editor: RecordingEditorPage, milliseconds: number): Promise<Played> {
  return editor.element('recording').evaluate(async (_, limit) => {
    const field = document.querySelector<HTMLInputElement>('#timecode')!;
    const read = () => {
      const [minutes, seconds] = field.value.split(':');
      return Number(minutes) * 60e6 + Number(seconds?.replace(' ', '')) * 1e6;
    };
    const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
    const started = await frame();
    const first = read();
    let now = started;
    let time = first;
    let changed = started;
    let pictures = 0;
    let longestStop = 0;
    while (now - started < limit) {
      now = await frame();
      const next = read();
      if (next !== time) {
        pictures++;
        longestStop = Math.max(longestStop, now - changed);
        changed = now;
      }
      time = next;
    }
    longestStop = Math.max(longestStop, now - changed);
    const wall = now - started;
    return {
      speed: (time - first) / 1000 / wall,
      picturesPerSecond: (pictures * 1000) / wall,
      longestStop,
      renderer: document.querySelector('#renderer-name')?.textContent ?? '',
    };
  }, milliseconds);
}

/**
 * Plays a recording of 1280 x 720 in a real VS Code at its own speed and prints what the page saw.
 * @param suffix of the format. @param seconds of the recording; it is watched for half of it.
 */
export async function play(suffix: string, seconds: number, eventsPerSecond: number): Promise<Played> {
  const session = await Session.start('bench-play');
  try {
    const workspace = await session.createWorkspace('stream');
    const name = `stream${suffix}`;
    await writeStream(path.join(workspace, name), seconds, eventsPerSecond);
    const workbench = await session.openWorkbench(workspace);
    const editor = new RecordingEditorPage(workbench);
    await (suffix === '.aedat4' ? editor.open(name) : editor.reopen(name));
    await editor.waitForText('chip-events', /M|\d{7}|,\d{3},\d{3}/, 120_000);
    await editor.element('speed').selectOption('1');
    await editor.seek(0.2 * SECOND);
    await editor.element('play').click();
    return await watch(editor, (seconds / 2) * 1000);
  } finally {
    await session.stop();
  }
}
