import { buildIndex } from '../../../engine/events/index/buildIndex';
import { eventsBetween } from '../../../engine/events/index/eventsBetween';
import { indexStore } from '../../../engine/events/index/indexStore';
import { openRecordingFile } from '../../../engine/events/openRecordingFile';
import { accumulate } from './picture';
import { writeRepeated } from './repeat';
import { TILINGS, writeTiled } from './tile';

/** Child process of `npm run bench:events`: one measurement, its result as one JSON line. */

const PICTURE_MICROSECONDS = 50_000;

function report(result: object): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

const seconds = (since: number) => (performance.now() - since) / 1000;
const peakMegabytes = () => process.resourceUsage().maxRSS / 1024;

/** Reads all events of a file. @param reuse whether the arrays of a batch are filled again. */
async function readAll(file: string, reuse: boolean) {
  const begin = performance.now();
  const cpu = process.cpuUsage();
  const recording = await openRecordingFile(file);
  const reader = await recording.events();
  let [events, last] = [0, 0];
  for (let batch = await reader.next(); batch; batch = await reader.next(reuse ? batch : undefined)) {
    events += batch.t.length;
    last = batch.t[batch.t.length - 1]!;
  }
  await recording.close();
  const { user, system } = process.cpuUsage(cpu);
  return { events, last, wall: seconds(begin), cpu: (user + system) / 1e6 };
}

async function read(file: string): Promise<void> {
  const fresh = await readAll(file, false);
  const reused = await readAll(file, true);
  report({
    events: fresh.events,
    last: fresh.last,
    whole: fresh,
    chunks: reused,
    peakMegabytes: peakMegabytes(),
  });
}

/** From nothing to the counts of the first picture, without an index. */
async function firstPicture(file: string): Promise<void> {
  const begin = performance.now();
  const recording = await openRecordingFile(file);
  const reader = await recording.events();
  const picture = accumulate(recording.info.size?.value);
  let first: number | undefined;
  for (let batch = await reader.next(); batch; batch = await reader.next(batch)) {
    first ??= batch.t[0]!;
    picture.add(batch, first, first + PICTURE_MICROSECONDS);
    if (batch.t.at(-1)! >= first + PICTURE_MICROSECONDS) {
      break;
    }
  }
  report({ seconds: seconds(begin), events: picture.events, peakMegabytes: peakMegabytes() });
  await recording.close();
}

async function index(file: string, folder: string): Promise<void> {
  const begin = performance.now();
  const recording = await openRecordingFile(file);
  const built = await buildIndex(recording);
  await indexStore(folder).save(file, built);
  await recording.close();
  const { events } = built.facts;
  report({
    seconds: seconds(begin),
    events,
    segments: built.segments.length,
    peakMegabytes: peakMegabytes(),
  });
}

/** A picture from the middle of the recording, found by the saved index. */
async function indexedPicture(file: string, folder: string): Promise<void> {
  const begin = performance.now();
  const recording = await openRecordingFile(file);
  const loaded = await indexStore(folder).load(file);
  if (!loaded) {
    throw new Error('the index is missing');
  }
  const { firstTimestamp, lastTimestamp } = loaded.facts;
  const middle = Math.floor((firstTimestamp + lastTimestamp) / 2);
  const { events } = await eventsBetween(recording, loaded, middle, middle + PICTURE_MICROSECONDS);
  const picture = accumulate(recording.info.size?.value);
  picture.add(events, middle, middle + PICTURE_MICROSECONDS);
  report({ seconds: seconds(begin), events: picture.events, peakMegabytes: peakMegabytes() });
  await recording.close();
}

async function main(): Promise<void> {
  const [command = '', file = '', ...rest] = process.argv.slice(2);
  const [first = '', second = '', third = '', fourth = ''] = rest;
  switch (command) {
    case 'tile':
      return report(
        second in TILINGS
          ? await writeTiled(first, second, file, { events: Number(third), bytes: Number(fourth) })
          : await writeRepeated(first, second, file, Number(third)),
      );
    case 'read':
      return read(file);
    case 'first-picture':
      return firstPicture(file);
    case 'index':
      return index(file, first);
    case 'indexed-picture':
      return indexedPicture(file, first);
    default:
      throw new Error(`no measurement ${command}`);
  }
}

main().catch((error: Error) => {
  console.error(error);
  process.exitCode = 1;
});
