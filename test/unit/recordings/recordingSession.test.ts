import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SpikeBridgeError } from '../../../engine/errors';
import type { FilterSettingsInput } from '../../../engine/events/filters/filterSettings';
import { openRecordingFile } from '../../../engine/events/openRecordingFile';
import type { OpenOptions } from '../../../engine/events/recording';
import type { IndexProgress } from '../../../engine/protocol/recordingProtocol';
import { unpackEvents } from '../../../engine/recordings/packedEvents';
import { RecordingSession } from '../../../engine/recordings/recordingSession';
import { isTooLargeToShow } from '../../../engine/recordings/shownSensor';
import { sizeQuestion } from '../../../webviews/recording/files/sizeForm';
import { turningBar, writeRecording } from '../../tools/recordingFiles';
import { waitFor } from '../../tools/waitFor';

const SIZE = { width: 120, height: 90 };
const EVENTS = turningBar({ size: SIZE, milliseconds: 400, eventsPerMillisecond: 300, first: 2_000_000 });
const FIRST = EVENTS.t[0]!;
const signal = new AbortController().signal;
const film = {
  window: 20_000,
  speed: 1,
  colors: { on: [255, 255, 255], off: [0, 0, 255], background: [0, 0, 0] },
} as const;

describe('a recording session', () => {
  let folder: string;
  let file: string;
  let session: RecordingSession;
  let index: IndexProgress | undefined;

  function open(options: OpenOptions = {}): Promise<RecordingSession> {
    const parameters = { recording: 1, file, indexFolder: path.join(folder, 'indexes'), options };
    return RecordingSession.open(parameters, (progress) => {
      index = progress;
    });
  }

  function between(from: number, to: number): number {
    return EVENTS.t.filter((t) => t >= from && t < to).length;
  }

  async function ask(from: number, to: number, chain: readonly FilterSettingsInput[] = [], limit = 1e9) {
    return session.answer('events', { from, to, chain, limit }, signal);
  }

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-session-'));
    file = await writeRecording(path.join(folder, 'bar.aedat4'), EVENTS, SIZE);
    session = await open();
  });
  after(async () => {
    await session.close();
    await rm(folder, { recursive: true });
  });

  it('says what the file is and what can be chosen', () => {
    const { summary } = session;
    assert.equal(summary.info.format.value, 'aedat4');
    assert.deepEqual(summary.info.size?.value, SIZE);
    const denoise = summary.filters.find(({ name }) => name === 'Denoise');
    assert.equal(denoise?.parameters[0]?.standard, 10_000);
    const frames = summary.representations.find(({ name }) => name === 'ToFrame');
    assert.deepEqual(frames?.parameters.find(({ name }) => name === 'binary')?.choices, ['false', 'true']);
    assert.ok(summary.exportFormats.some(({ name }) => name === 'gif'));
  });

  it('answers events before the pass has ended', async () => {
    const { events, reduction } = await ask(FIRST, FIRST + 10_000);
    assert.equal(events.count, between(FIRST, FIRST + 10_000));
    assert.deepEqual(reduction, [events.count]);
  });

  it('passes over the whole recording once and stores its index', async () => {
    await waitFor('the end of the pass', () => index?.done);
    assert.equal(index?.events, EVENTS.t.length);
    assert.equal(
      index?.onEvents,
      EVENTS.polarity.reduce((sum, each) => sum + each, 0),
    );
    assert.equal(index?.first, FIRST);
    assert.equal(index?.last, EVENTS.t.at(-1));
    const { on, off } = index!.rate;
    assert.equal(
      [...on, ...off].reduce((sum, each) => sum + each, 0),
      EVENTS.t.length,
    );
    await waitFor('the sidecar', async () => (await readdir(path.join(folder, 'indexes'))).length === 1);
  });

  it('answers exactly the events of any span', async () => {
    for (const [from, to] of [
      [FIRST, FIRST + 1],
      [FIRST + 123_456, FIRST + 234_567],
      [FIRST + 390_000, FIRST + 10_000_000],
    ] as const) {
      const { events } = await ask(from, to);
      const { time } = unpackEvents(events);
      const expected = EVENTS.t.filter((t) => t >= from && t < to);
      assert.deepEqual(
        [...time].map((offset) => events.from + offset),
        [...expected],
      );
    }
  });

  it('ends an answer at a complete time when there are too many events', async () => {
    const { events } = await ask(FIRST, FIRST + 400_000, [], 70_000);
    assert.ok(events.to < FIRST + 400_000);
    assert.equal(events.count, between(FIRST, events.to));
    assert.ok(events.count > 60_000, `${events.count} events`);
  });

  it('tells what each filter drops, and filters with memory see what came before the span', async () => {
    const chain: FilterSettingsInput[] = [
      { name: 'Polarity', keep: 'on' },
      { name: 'RefractoryPeriod', delta: 3000 },
    ];
    const from = FIRST + 200_000;
    const part = await ask(from, from + 5000, chain);
    const whole = await ask(FIRST, from + 5000, chain);
    const { time } = unpackEvents(whole.events);
    const expected = time.filter((offset) => whole.events.from + offset >= from).length;
    assert.equal(part.events.count, expected);
    assert.equal(part.reduction.length, 3);
    assert.ok(part.reduction[0]! > part.reduction[1]! && part.reduction[1]! > part.reduction[2]!);
    assert.equal(part.reduction[2], part.events.count);
  });

  it('filters span by span what it filters at once, whatever the filter counts or remembers', async () => {
    const chain: FilterSettingsInput[] = [
      { name: 'Denoise', filter_time: 2000 },
      { name: 'RefractoryPeriod', delta: 3000 },
      { name: 'Decimation', n: 3 },
    ];
    const edges = [0, 40_000, 90_000, 91_000, 200_000].map((offset) => FIRST + offset);
    const whole = await ask(FIRST, edges.at(-1)!, chain);
    const { time } = unpackEvents(whole.events);
    const expected = edges.slice(1).map((to, span) => {
      const from = edges[span]!;
      return time.filter((offset) => offset >= from - FIRST && offset < to - FIRST).length;
    });
    const order = [0, 1, 3, 2];
    for (const span of order) {
      const { events } = await ask(edges[span]!, edges[span + 1]!, chain, 100);
      const seen = unpackEvents(events).time.length;
      assert.equal(seen, expected[span], `span ${span}`);
      assert.equal(events.to, edges[span + 1], 'the answer is complete, so that the next one can go on');
    }
  });

  it('surveys the whole recording for hot pixels', async () => {
    const { reduction } = await ask(FIRST, FIRST + 50_000, [{ name: 'DropPixel', hot_pixel_frequency: 400 }]);
    assert.ok(reduction[1]! < reduction[0]!, 'some pixels are hot');
    assert.ok(reduction[1]! > 0, 'others are not');
  });

  it('computes what the network sees, resized', async () => {
    const query = { from: FIRST, to: FIRST + 400_000, chain: [], sizePixels: 48 };
    const representation = { name: 'ToFrame', n_time_bins: 10 } as const;
    const { shape, values, steps } = await session.answer('tensor', { ...query, representation }, signal);
    assert.deepEqual(shape, [10, 2, 48, 48]);
    assert.equal(values.length, 10 * 2 * 48 * 48);
    assert.equal(steps.length, 10);
    assert.ok(values.some((value) => value > 0));
  });

  it('refuses settings that do not fit and tensors that are too large in words, and goes on', async () => {
    const query = { from: FIRST, to: FIRST + 400_000, chain: [], sizePixels: 0 };
    const empty = { name: 'Crop' } as unknown as FilterSettingsInput;
    const frames = (n_time_bins?: number) => ({
      ...query,
      representation: { name: 'ToFrame' as const, ...(n_time_bins !== undefined && { n_time_bins }) },
    });
    const refused = (words: RegExp) => (error: SpikeBridgeError) =>
      error.category === 'usage' && words.test(error.message) && !error.message.includes('{');
    await assert.rejects(ask(FIRST, FIRST + 10, [empty]), refused(/Crop does not fit: .*"x" is missing/));
    await assert.rejects(session.answer('tensor', frames(), signal), refused(/exactly one of/));
    await assert.rejects(session.answer('tensor', frames(1e9), signal), refused(/more than 1 GiB/));
    const large = { ...frames(200_000), sizePixels: 4096 };
    await assert.rejects(session.answer('tensor', large, signal), refused(/more than 1 GiB/));
    assert.equal((await session.answer('tensor', frames(3), signal)).shape[0], 3);
  });

  it('drops a question for the network input that is withdrawn while it is answered', async () => {
    const abort = new AbortController();
    const query = { from: FIRST, to: FIRST + 400_000, chain: [], sizePixels: 0 };
    const representation = { name: 'ToFrame', n_time_bins: 10 } as const;
    const answer = session.answer('tensor', { ...query, representation }, abort.signal);
    setImmediate(() => abort.abort());
    await assert.rejects(answer, (error: SpikeBridgeError) => error.category === 'cancelled');
  });

  it('exports a filtered range as a recording', async () => {
    const target = path.join(folder, 'part.npz');
    const query = { from: FIRST + 50_000, to: FIRST + 150_000, target, format: 'npz', film };
    const chain: FilterSettingsInput[] = [{ name: 'Polarity', keep: 'on' }];
    await session.answer('export', { ...query, chain }, signal);
    const part = await openRecordingFile(target);
    const reader = await part.events();
    let count = 0;
    for (let batch = await reader.next(); batch; batch = await reader.next()) {
      assert.ok(batch.polarity.every((polarity) => polarity === 1));
      count += batch.t.length;
    }
    await part.close();
    const expected = EVENTS.t.filter(
      (t, event) => t >= query.from && t < query.to && EVENTS.polarity[event] === 1,
    ).length;
    assert.equal(count, expected);
  });

  it('moves times to where a format can hold them, and says so', async () => {
    const late = 1_600_000_000_000_000;
    const size = { width: 400, height: 300 };
    const events = turningBar({ size, milliseconds: 20, eventsPerMillisecond: 20, first: late });
    const source = await writeRecording(path.join(folder, 'late.aedat4'), events, size);
    const parameters = { recording: 2, file: source, indexFolder: path.join(folder, 'late'), options: {} };
    const other = await RecordingSession.open(parameters, () => undefined);
    try {
      const target = path.join(folder, 'late.raw');
      const range = { from: late + 5000, to: late + 15_000, chain: [], film };
      const { note } = await other.answer('export', { ...range, target, format: 'evt3' }, signal);
      assert.match(note ?? '', /count from 1600000000005000 µs .* EVT3 cannot hold/);
      const part = await openRecordingFile(target);
      const reader = await part.events();
      const batch = await reader.next();
      const expected = events.t.filter((t) => t >= range.from && t < range.to).map((t) => t - range.from);
      assert.deepEqual([...batch!.t], [...expected]);
      await reader.close();
      await part.close();
      const npy = { ...range, target: path.join(folder, 'late.npy'), format: 'npy' };
      assert.equal((await other.answer('export', npy, signal)).note, undefined);
      const unfit = other.summary.exportFormats.filter((format) => format.unfit).map(({ name }) => name);
      assert.deepEqual(unfit, ['bin']);
    } finally {
      await other.close();
    }
  });

  it('warns of times that step back', async () => {
    const t = EVENTS.t.map((time, event) => (event === 500 ? time - 900 : time));
    const source = await writeRecording(path.join(folder, 'steps.npy'), { ...EVENTS, t }, SIZE);
    const options = { size: SIZE };
    const done = new Promise<IndexProgress>((resolve) => {
      const parameters = { recording: 3, file: source, indexFolder: path.join(folder, 'steps'), options };
      const opening = RecordingSession.open(parameters, (progress) => {
        if (progress.done) {
          opening.then((opened) => opened.close()).then(() => resolve(progress));
        }
      });
    });
    const [warning] = (await done).warnings;
    assert.match(warning!.message, /timestamps step back, by up to \d+ µs/);
    assert.equal(warning!.count, 1);
  });

  it('leaves nothing behind when an export is withdrawn', async () => {
    const abort = new AbortController();
    abort.abort();
    const target = path.join(folder, 'never.csv');
    await assert.rejects(
      session.answer(
        'export',
        { from: FIRST, to: FIRST + 1e6, chain: [], target, format: 'csv', film },
        abort.signal,
      ),
      (error: SpikeBridgeError) => error.category === 'cancelled',
    );
    assert.ok(!(await readdir(folder)).includes('never.csv'));
  });

  it('withdraws a question', async () => {
    const abort = new AbortController();
    abort.abort();
    await assert.rejects(
      session.answer('events', { from: FIRST, to: FIRST + 10, chain: [], limit: 10 }, abort.signal),
      (error: SpikeBridgeError) => error.category === 'cancelled',
    );
  });

  it('takes the stored index the next time', async () => {
    index = undefined;
    const again = await open();
    await waitFor('the index', () => index?.done);
    assert.equal(index!.events, EVENTS.t.length);
    await again.close();
  });

  it('answers while the pass goes on in a file that has no index of its own', async () => {
    const raw = await writeRecording(path.join(folder, 'bar.raw'), EVENTS, SIZE);
    const parameters = { recording: 3, file: raw, indexFolder: path.join(folder, 'fresh'), options: {} };
    const fresh = await RecordingSession.open(parameters, () => undefined);
    const query = { from: FIRST, to: FIRST + 390_000, chain: [], limit: 1e9 };
    const { events } = await fresh.answer('events', query, signal);
    assert.equal(events.count, between(query.from, query.to));
    await fresh.close();
  });

  it('suggests a size where the file tells none', async () => {
    const bare = await writeRecording(path.join(folder, 'bare.bin'), EVENTS, SIZE);
    const parameters = { recording: 2, file: bare, indexFolder: path.join(folder, 'indexes') };
    const untold = await RecordingSession.open({ ...parameters, options: {} }, () => undefined);
    assert.equal(untold.summary.info.size, undefined);
    assert.ok(untold.summary.suggestedSize!.width <= SIZE.width);
    await untold.close();
    const told = await RecordingSession.open({ ...parameters, options: { size: SIZE } }, () => undefined);
    assert.deepEqual(told.summary.info.size?.value, SIZE);
    await told.close();
  });

  it('goes on with the true size where a header states a sensor that is too large', async () => {
    const huge = path.join(folder, 'huge.es');
    // Event Stream 2.0 of a DVS, 65535 x 65535: one ON event after 1 µs at (3, 5 from below).
    await writeFile(
      huge,
      Buffer.from([...Buffer.from('Event Stream'), 2, 0, 0, 1, 255, 255, 255, 255, 3, 3, 0, 5, 0]),
    );
    const parameters = { recording: 4, file: huge, indexFolder: path.join(folder, 'indexes') };
    const stated = await RecordingSession.open({ ...parameters, options: {} }, () => undefined);
    assert.ok(isTooLargeToShow(stated.summary.info.size!.value));
    const [title, text] = sizeQuestion(stated.summary);
    assert.match(title, /too large/);
    assert.match(text, /A sensor of 65535 x 65535 pixels is too large to draw.*huge\.es.*header.*true size/);
    await stated.close();
    const size = { width: 34, height: 34 };
    const told = await RecordingSession.open({ ...parameters, options: { size } }, () => undefined);
    assert.equal(isTooLargeToShow(told.summary.info.size!.value), false);
    const { events } = await told.answer('events', { from: 0, to: 10, chain: [], limit: 10 }, signal);
    assert.equal(events.count, 1);
    assert.equal((unpackEvents(events).place[0]! >>> 16) & 0x7fff, size.height - 1 - 5);
    await told.close();
  });
});
