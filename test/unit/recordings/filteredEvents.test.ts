import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { allocateEvents } from '../../../engine/events/eventBatch';
import type { FilterSettingsInput } from '../../../engine/events/filters/filterSettings';
import { indexStore } from '../../../engine/events/index/indexStore';
import { openRecordingFile } from '../../../engine/events/openRecordingFile';
import type { Recording } from '../../../engine/events/recording';
import { FilteredEvents } from '../../../engine/recordings/filteredEvents';
import { TimeAccess } from '../../../engine/recordings/timeAccess';
import { writeRecording } from '../../tools/recordingFiles';

const EVENTS = 2_400_000;
const PAGE = 200_000;
const FROM_START = Number.NEGATIVE_INFINITY;
const signal = new AbortController().signal;

/** An event per µs on changing pixels. */
function steadyEvents() {
  const events = allocateEvents(EVENTS);
  for (let index = 0, random = 1; index < EVENTS; index++) {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
    events.t[index] = index;
    events.x[index] = (random >>> 8) % 64;
    events.y[index] = (random >>> 16) % 48;
    events.polarity[index] = random >>> 31;
  }
  return events;
}

describe('filtered events of a recording', () => {
  let folder: string;
  let recording: Recording;
  let access: TimeAccess;
  /** Events that readers gave. */
  let decoded = 0;

  function counted(inner: Recording): Recording {
    return {
      ...inner,
      events: async (from) => {
        const reader = await inner.events(from);
        const next = async () => {
          const batch = await reader.next();
          decoded += batch?.t.length ?? 0;
          return batch;
        };
        return {
          next,
          state: () => reader.state(),
          progress: () => reader.progress(),
          close: () => reader.close(),
        };
      },
    };
  }

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'filtered-'));
    const file = await writeRecording(path.join(folder, 'a.npy'), steadyEvents(), { width: 64, height: 48 });
    recording = counted(await openRecordingFile(file));
    access = new TimeAccess(recording, () => {});
    await access.prepare(indexStore(path.join(folder, 'indexes')), file, {});
  });
  after(async () => {
    await recording.close();
    await rm(folder, { recursive: true });
  });

  async function times(
    filtered: FilteredEvents,
    from: number,
    to: number,
    chain: readonly FilterSettingsInput[],
  ) {
    const found: number[] = [];
    for await (const { t } of filtered.batches({ from, to }, chain, signal)) {
      found.push(...t);
    }
    return found;
  }

  const chains: Readonly<Record<string, readonly FilterSettingsInput[]>> = {
    Decimation: [{ name: 'Decimation', n: 7 }],
    'Decimation among filters with a memory': [
      { name: 'RefractoryPeriod', delta: 700 },
      { name: 'Decimation', n: 3 },
      { name: 'Denoise', filter_time: 9000 },
      { name: 'Decimation', n: 300 },
      { name: 'RefractoryPeriod', delta: 5000 },
    ],
  };
  for (const [name, chain] of Object.entries(chains)) {
    it(`are the same backwards as forwards, at a bounded cost: ${name}`, async () => {
      const whole = await times(new FilteredEvents(access), FROM_START, EVENTS, chain);
      const filtered = new FilteredEvents(access);
      await times(filtered, EVENTS - PAGE, EVENTS, chain);
      decoded = 0;
      let pages = 0;
      for (let to = EVENTS - PAGE; to > 0; to -= PAGE, pages++) {
        const page = await times(filtered, to - PAGE, to, chain);
        assert.deepEqual(
          page,
          whole.filter((t) => t >= to - PAGE && t < to),
          `page before ${to}`,
        );
      }
      // Each page again from the start of the recording would be half of all events.
      assert.ok(decoded / pages < EVENTS / 4, `${decoded / pages} events decoded per page`);
    });
  }

  it('keep what a question that was withdrawn had seen', async () => {
    const filtered = new FilteredEvents(access);
    const [chain] = Object.values(chains);
    const abort = new AbortController();
    decoded = 0;
    const asked = (async () => {
      for await (const _ of filtered.batches({ from: EVENTS - PAGE, to: EVENTS }, chain!, abort.signal)) {
      }
    })();
    const withdraw = setInterval(() => decoded > EVENTS / 2 && abort.abort(), 0);
    await assert.rejects(asked, /withdrawn/);
    clearInterval(withdraw);
    decoded = 0;
    await times(filtered, EVENTS - PAGE, EVENTS, chain!);
    assert.ok(decoded < (EVENTS * 3) / 4, `${decoded} events decoded`);
  });
});
