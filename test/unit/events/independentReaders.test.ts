import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createFilter, type FilterSettingsInput } from '../../../engine/events/filters/filterSettings';
import {
  computeRepresentation,
  type RepresentationSettingsInput,
} from '../../../engine/events/representations/representations';
import { formatByName } from '../../../engine/events/writers/recordingFormats';
import { openRecordingWriter } from '../../../engine/events/writers/recordingWriter';
import { computeWithTonic, PEERS_MISSING, type PeerEvents, readWithPeer } from '../../tools/peerReaders';
import { batchOf, type EventRow, rowsOf } from './eventRows';

/** Python and its packages take a while to start. */
const START_LIMIT_MS = 60_000;

/** Repeatable whole numbers below `limit`. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Rows in time order with runs along lines. @param gap largest time between two runs in µs. */
function recording(count: number, width: number, height: number, gap: number, start: number): EventRow[] {
  const next = numbers(7);
  const rows: EventRow[] = [];
  for (let t = start; rows.length < count; t += next(gap)) {
    const y = next(height);
    const polarity = next(2);
    const length = next(3) === 0 ? 1 + next(30) : 1;
    for (let x = next(width), step = 0; step < length && x < width; step++, x += 1 + next(2)) {
      rows.push([t, x, y, polarity]);
    }
  }
  return rows.slice(0, count);
}

function columnsOf(rows: readonly EventRow[]): PeerEvents {
  return {
    t: rows.map((row) => row[0]),
    x: rows.map((row) => row[1]),
    y: rows.map((row) => row[2]),
    p: rows.map((row) => row[3]),
  };
}

describe('other programs read what is written', function () {
  this.timeout(START_LIMIT_MS);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'spikebridge-peers-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const size = { width: 640, height: 480 };
  const epoch = 1_633_953_629_213_182;
  const long = recording(40_000, 640, 480, 4000, 1000);
  const small = recording(20_000, 240, 180, 20, 0);

  async function write(name: string, suffix: string, rows: readonly EventRow[]): Promise<string> {
    const file = path.join(folder, `${name}${suffix}`);
    const writer = await openRecordingWriter(file, {
      format: formatByName(name),
      size,
      sensor: 'DVXplorer_DXA00001',
      replace: true,
    });
    await writer.write(batchOf(rows));
    await writer.finish();
    return file;
  }

  const cases: [reader: string, format: string, suffix: string, rows: readonly EventRow[]][] = [
    ['dv-processing', 'aedat4', '.aedat4', long.map(([t, x, y, p]) => [t + epoch, x, y, p])],
    ['aedat', 'aedat4', '.aedat4', long],
    ['faery', 'aedat4', '.aedat4', long],
    ['faery', 'evt3', '.raw', long],
    ['faery', 'dat', '.dat', long],
    ['faery', 'csv', '.csv', long],
    ['expelliarmus-dat', 'dat', '.dat', long],
    ['tonic', 'bin', '.bin', small],
    ['numpy', 'npy', '.npy', long.map(([t, x, y, p]) => [t + epoch, x, y, p])],
    ['numpy', 'npz', '.npz', long],
    ['h5py', 'hdf5', '.h5', long.map(([t, x, y, p]) => [t + epoch, x, y, p])],
  ];
  for (const [reader, format, suffix, rows] of cases) {
    it(`${reader} reads ${format}`, async function () {
      const read = readWithPeer(reader, await write(format, suffix, rows));
      if (!read) {
        this.test!.title += ` (${reader}: ${PEERS_MISSING})`;
        this.skip();
      }
      assert.deepEqual(read, columnsOf(rows));
    });
  }

  it('expelliarmus reads evt3, but for its carry of the low time', async function () {
    const read = readWithPeer('expelliarmus-evt3', await write('evt3', '.raw', long));
    if (!read) {
      this.test!.title += ` (${PEERS_MISSING})`;
      this.skip();
    }
    // It counts every fall of the low time as 4096 µs, beside the high time that rises (format notes, 5.3).
    const expected = columnsOf(long);
    assert.deepEqual({ x: read.x, y: read.y, p: read.p }, { x: expected.x, y: expected.y, p: expected.p });
    assert.ok(read.t.every((time, index) => (time - expected.t[index]!) % 4096 === 0));
  });
});

describe('tonic computes the same', function () {
  this.timeout(START_LIMIT_MS);
  const size = { width: 20, height: 16 };
  const rows = recording(1500, size.width, size.height, 60, 50).filter((_, index) => index % 3 !== 1);
  const filters: FilterSettingsInput[] = [
    { name: 'Denoise', filter_time: 400 },
    { name: 'Denoise', filter_time: 40 },
    { name: 'RefractoryPeriod', delta: 700 },
    { name: 'Decimation', n: 3 },
    { name: 'DropPixel', hot_pixel_frequency: 200 },
    { name: 'CropTime', min: 1000, max: 5000 },
  ];
  const representations: RepresentationSettingsInput[] = [
    { name: 'ToFrame', time_window: 1000 },
    { name: 'ToFrame', time_window: 1000, overlap: 300, include_incomplete: true },
    { name: 'ToFrame', time_window: 700, start_time: 0, end_time: 20_000 },
    { name: 'ToFrame', event_count: 130 },
    { name: 'ToFrame', event_count: 130, overlap: 40, include_incomplete: true },
    { name: 'ToFrame', n_time_bins: 7 },
    { name: 'ToFrame', n_time_bins: 7, overlap: 0.25 },
    { name: 'ToFrame', n_event_bins: 9 },
    { name: 'ToFrame', n_event_bins: 9, overlap: 0.5 },
    { name: 'ToBinaRep', n_frames: 2, n_bits: 4 },
    { name: 'ToVoxelGrid', n_time_bins: 5 },
    { name: 'ToTimesurface', dt: 2000, tau: 3000 },
    {
      name: 'ToAveragedTimesurface',
      surface_size: 5,
      cell_size: 6,
      time_window: 900,
      tau: 300,
      decay: 'exp',
    },
    {
      name: 'ToAveragedTimesurface',
      surface_size: 3,
      cell_size: 6,
      time_window: 900,
      tau: 400,
      decay: 'lin',
    },
  ];

  it('filters and representations', function () {
    const results = computeWithTonic(
      columnsOf(rows),
      [size.width, size.height],
      [...filters, ...representations],
    );
    if (!results) {
      this.test!.title += ` (tonic: ${PEERS_MISSING})`;
      this.skip();
    }
    filters.forEach((settings, index) => {
      const filter = createFilter(settings);
      filter.survey?.observe(batchOf(rows));
      filter.survey?.finish();
      const kept = rowsOf(filter.apply(batchOf(rows)));
      assert.ok(kept.length > 0 && kept.length < rows.length, `${settings.name} drops some`);
      assert.deepEqual(columnsOf(kept), results[index], JSON.stringify(settings));
    });
    representations.forEach((settings, index) => {
      const tensor = computeRepresentation(batchOf(rows), size, settings);
      const result = results[filters.length + index]!;
      assert.ok('values' in result);
      assert.deepEqual(tensor.shape, result.shape, JSON.stringify(settings));
      const worst = result.values.reduce(
        (most, value, place) => Math.max(most, Math.abs(value - tensor.data[place]!)),
        0,
      );
      assert.ok(worst < 1e-4, `${JSON.stringify(settings)}: off by ${worst}`);
    });
  });
});
