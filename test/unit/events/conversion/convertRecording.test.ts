import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import {
  type ConversionOptions,
  type ConversionSummary,
  convertRecording,
} from '../../../../engine/events/conversion/convertRecording';
import { eventPass } from '../../../../engine/events/conversion/eventPass';
import { openRecordingFile } from '../../../../engine/events/openRecordingFile';
import { formatOfFile } from '../../../../engine/events/writers/recordingFormats';
import { rowsOf } from '../eventRows';
import { type RecordingFolder, recordingFolder, steadyRows } from '../recordingFolder';

describe('convertRecording', () => {
  let folder: RecordingFolder;
  beforeEach(async () => {
    folder = await recordingFolder();
  });
  afterEach(() => folder.remove());

  async function convert(
    source: string,
    target: string,
    options: Partial<ConversionOptions> = {},
  ): Promise<ConversionSummary> {
    const recording = await openRecordingFile(folder.file(source));
    try {
      return await convertRecording(recording, {
        target: folder.file(target),
        format: formatOfFile(target),
        ...options,
      });
    } finally {
      await recording.close();
    }
  }

  it('writes the events of a time range that pass the filters, and counts the reductions', async () => {
    const rows = steadyRows(1000, 10, 5000);
    await folder.write('a.raw', rows);
    const summary = await convert('a.raw', 'b.aedat4', {
      from: 6000,
      to: 9000,
      filters: [
        { name: 'Crop', x: 0, y: 0, width: 32, height: 48 },
        { name: 'Polarity', keep: 'on' },
      ],
    });
    const ranged = rows.filter(([t]) => t >= 6000 && t < 9000);
    const expected = ranged.filter(([, x, , polarity]) => x < 32 && polarity === 1);
    const { rows: written, size } = await folder.read('b.aedat4');
    assert.deepEqual(written, expected);
    assert.deepEqual(size, { width: 64, height: 48 });
    assert.equal(summary.events, expected.length);
    assert.equal(summary.reductions[0]!.eventsIn, ranged.length);
    assert.equal(summary.reductions[1]!.eventsOut, expected.length);
  });

  it('lets times start at 0 when told', async () => {
    await folder.write('a.aedat4', steadyRows(100, 10, 1_633_953_629_213_182));
    await assert.rejects(convert('a.aedat4', 'b.raw'), /--rebase|cannot hold the timestamp/);
    const summary = await convert('a.aedat4', 'b.raw', { rebase: true, from: 1_633_953_629_213_192 });
    assert.equal(summary.subtracted, 1_633_953_629_213_192);
    const expected = steadyRows(100, 10, 0)
      .slice(1)
      .map(([t, x, y, polarity]) => [t - 10, x, y, polarity]);
    assert.deepEqual((await folder.read('b.raw')).rows, expected);
  });

  it('lets the smallest time be 0 where timestamps step back, loses nothing and keeps the order', async () => {
    const times = [5000, 5100, 4000, 4100, 9000, 3999];
    const rows = times.map((t, index) => [t, index, 1, index % 2] as const);
    await writeFile(folder.file('a.csv'), `t,x,y,p\n${rows.map((row) => row.join(',')).join('\n')}\n`);
    const summary = await convert('a.csv', 'b.npy', { rebase: true });
    assert.deepEqual([summary.subtracted, summary.firstTime], [3999, 1001]);
    const expected = rows.map(([t, ...rest]) => [t - 3999, ...rest]);
    assert.deepEqual((await folder.read('b.npy')).rows, expected);
    // Formats in time order hold the same events.
    await convert('a.csv', 'b.aedat4', { rebase: true });
    const sorted = [...expected].sort((one, other) => one[0]! - other[0]!);
    assert.deepEqual((await folder.read('b.aedat4')).rows, sorted);
    // The smallest time of what filters and range leave.
    const filters = [{ name: 'Polarity', keep: 'off' }] as const;
    assert.equal((await convert('a.csv', 'c.npy', { rebase: true, filters, to: 6000 })).subtracted, 4000);
    const decimated = [{ name: 'Decimation', n: 1 }] as const;
    assert.equal((await convert('a.csv', 'd.npy', { rebase: true, filters: decimated })).events, 6);
  });

  it('looks for hot pixels in the range first, behind the filters before', async () => {
    const hot = Array.from({ length: 50 }, (_, index) => [index * 20, 3, 4, 1] as const);
    const rows = [...steadyRows(100, 10), ...hot].sort((left, right) => left[0] - right[0]);
    await folder.write('a.raw', rows);
    const phases: string[] = [];
    await convert('a.raw', 'b.raw', {
      // More than 10 events in 1 ms.
      filters: [{ name: 'DropPixel', hot_pixel_frequency: 10_000 }],
      progress: (phase) => phases.push(phase),
    });
    const { rows: written } = await folder.read('b.raw');
    assert.deepEqual(
      written,
      rows.filter(([, x, y]) => x !== 3 || y !== 4),
    );
    assert.deepEqual([...new Set(phases)], ['looking for hot pixels', 'writing']);
  });

  it('measures the sensor where neither file nor user tells its size', async () => {
    await folder.write('a.csv', steadyRows(200, 10));
    const summary = await convert('a.csv', 'b.raw');
    assert.deepEqual(summary.size?.value, { width: 64, height: 48 });
    assert.deepEqual((await folder.read('b.raw')).size, { width: 64, height: 48 });
  });

  it('leaves nothing behind when it is cancelled', async () => {
    await folder.write('a.dat', steadyRows(200_000, 1));
    const controller = new AbortController();
    await assert.rejects(
      convert('a.dat', 'b.aedat4', { progress: () => controller.abort(), signal: controller.signal }),
      /cancelled/,
    );
    assert.deepEqual(await folder.names(), ['a.dat']);
  });

  it('leaves nothing behind when it is cancelled while HDF5 is compressed, or at once', async () => {
    // A silence of more than an hour is millions of entries in the index of milliseconds.
    const rows = [...steadyRows(100, 1), ...steadyRows(100, 1, 4_000_000_000)];
    await folder.write('a.npy', rows);
    for (const target of ['b.h5', 'b.npy']) {
      const controller = new AbortController();
      const progress = (_phase: string, share: number) =>
        share >= 1 && setImmediate(() => controller.abort());
      const converting = convert('a.npy', target, { progress, signal: controller.signal });
      if (target === 'b.npy') {
        controller.abort();
      }
      await assert.rejects(converting, /cancelled/, target);
    }
    assert.deepEqual(await folder.names(), ['a.npy']);
  });

  it('indexes silences of HDF5 as DSEC does', async () => {
    const rows = [...steadyRows(3, 10), ...steadyRows(3, 10, 200_000_500)];
    await folder.write('a.npy', rows);
    await convert('a.npy', 'b.h5');
    assert.deepEqual((await folder.read('b.h5')).rows, rows);
    const recording = await openRecordingFile(folder.file('b.h5'));
    const found: number[] = [];
    for await (const { t } of eventPass(recording, { from: 199_000_000, to: 200_000_515 })) {
      found.push(...t);
    }
    await recording.close();
    assert.deepEqual(found, [200_000_500, 200_000_510]);
  });

  it('refuses to write a recording without events, and leaves nothing behind', async () => {
    await folder.write('a.raw', steadyRows(100, 10));
    await assert.rejects(convert('a.raw', 'b.npy', { from: 5000 }), /no events are left/);
    assert.deepEqual(await folder.names(), ['a.raw']);
  });

  it('stops reading behind the range', async () => {
    await folder.write('a.dat', steadyRows(400_000, 2));
    const recording = await openRecordingFile(folder.file('a.dat'));
    let read = 0;
    const found: number[] = [];
    const progress = (share: number) => {
      read = share;
    };
    for await (const events of eventPass(recording, { from: 100, to: 110, progress })) {
      found.push(...rowsOf(events).map(([t]) => t));
    }
    await recording.close();
    assert.deepEqual(found, [100, 102, 104, 106, 108]);
    assert.ok(read < 0.9, `read ${read} of the file`);
  });
});
