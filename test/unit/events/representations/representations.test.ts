import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sortedByTime } from '../../../../engine/events/eventBatch';
import { countEvents, resizeFrames } from '../../../../engine/events/frames';
import {
  computeRepresentation,
  type RepresentationSettingsInput,
} from '../../../../engine/events/representations/representations';
import { batchOf, type EventRow, sortedRows } from '../eventRows';

const SENSOR = { width: 2, height: 1 };

/** Eight events on two pixels; the timestamps are those of the hand-computed slices below. */
const ROWS: EventRow[] = [
  [100, 0, 0, 1],
  [110, 1, 0, 0],
  [125, 0, 0, 1],
  [150, 0, 0, 0],
  [160, 1, 0, 1],
  [175, 1, 0, 1],
  [190, 0, 0, 1],
  [200, 1, 0, 0],
];

function compute(settings: RepresentationSettingsInput, rows: readonly EventRow[] = ROWS, sensor = SENSOR) {
  return computeRepresentation(batchOf(rows), sensor, settings);
}

/** [start, end, events] of each step. */
function stepRows(settings: RepresentationSettingsInput): number[][] {
  return compute(settings).steps.map(({ start, end, events }) => [start, end, events]);
}

describe('ToFrame', () => {
  it('counts per step, polarity and pixel, OFF first', () => {
    const { data, shape } = compute({ name: 'ToFrame', time_window: 50 });
    assert.deepEqual(shape, [2, 2, 1, 2]);
    // Steps [100, 150) and [150, 200): OFF pixels 0, 1, then ON pixels 0, 1.
    assert.deepEqual([...data], [0, 1, 2, 0, 1, 0, 1, 2]);
  });

  it('cuts time as tonic does', () => {
    assert.deepEqual(stepRows({ name: 'ToFrame', time_window: 30 }), [
      [100, 130, 3],
      [130, 160, 1],
      [160, 190, 2],
    ]);
    assert.deepEqual(stepRows({ name: 'ToFrame', time_window: 30, include_incomplete: true }), [
      [100, 130, 3],
      [130, 160, 1],
      [160, 190, 2],
      [190, 220, 2],
    ]);
    assert.deepEqual(stepRows({ name: 'ToFrame', time_window: 60, overlap: 20 }), [
      [100, 160, 4],
      [140, 200, 4],
    ]);
    assert.deepEqual(stepRows({ name: 'ToFrame', time_window: 1000 }), [[100, 1100, 8]]);
    assert.deepEqual(stepRows({ name: 'ToFrame', time_window: 50, start_time: 50, end_time: 250 }), [
      [50, 100, 0],
      [100, 150, 3],
      [150, 200, 4],
      [200, 250, 1],
    ]);
  });

  it('cuts numbers of events as tonic does', () => {
    assert.deepEqual(
      stepRows({ name: 'ToFrame', event_count: 3 }).map((step) => step[2]),
      [3, 3],
    );
    assert.deepEqual(
      stepRows({ name: 'ToFrame', event_count: 3, include_incomplete: true }).at(-1),
      [190, 200, 2],
    );
    assert.deepEqual(
      stepRows({ name: 'ToFrame', event_count: 4, overlap: 2 }).map(([start]) => start),
      [100, 125, 160],
    );
    assert.deepEqual(stepRows({ name: 'ToFrame', event_count: 100 }), [[100, 200, 8]]);
  });

  it('cuts into equal times and equal numbers as tonic does', () => {
    // floor(100 / 3) = 33: the event at 200 lies behind the last step.
    assert.deepEqual(stepRows({ name: 'ToFrame', n_time_bins: 3 }), [
      [100, 133, 3],
      [133, 166, 2],
      [166, 199, 2],
    ]);
    // floor(100 / 2) * 1.5 = 75, stride 37.5.
    assert.deepEqual(stepRows({ name: 'ToFrame', n_time_bins: 2, overlap: 0.5 }), [
      [100, 175, 5],
      [137.5, 212.5, 5],
    ]);
    assert.deepEqual(stepRows({ name: 'ToFrame', n_event_bins: 3 }), [
      [100, 110, 2],
      [125, 150, 2],
      [160, 175, 2],
    ]);
    // floor(floor(8 / 2) * 1.5) = 6 events, stride floor(6 * 0.5) = 3.
    assert.deepEqual(stepRows({ name: 'ToFrame', n_event_bins: 2, overlap: 0.5 }), [
      [100, 175, 6],
      [150, 200, 5],
    ]);
  });

  it('gives binary frames, ignores events outside the sensor, and gives zeros for no events', () => {
    const narrow = { width: 1, height: 1 };
    assert.deepEqual([...compute({ name: 'ToFrame', n_time_bins: 1, binary: true }).data], [1, 1, 1, 1]);
    assert.deepEqual([...compute({ name: 'ToFrame', n_event_bins: 1 }, ROWS, narrow).data], [1, 3]);
    assert.deepEqual(compute({ name: 'ToFrame', n_time_bins: 2 }, []).shape, [2, 2, 1, 2]);
    assert.deepEqual(compute({ name: 'ToFrame', time_window: 5 }, []).shape, [1, 2, 1, 2]);
    assert.ok(compute({ name: 'ToFrame', event_count: 5 }, []).data.every((value) => value === 0));
  });

  it('refuses overlaps that never get on, two slicings at once, and tensors beyond 1 GiB', () => {
    assert.throws(() => compute({ name: 'ToFrame', time_window: 5, overlap: 5 }), /overlap/);
    assert.throws(() => compute({ name: 'ToFrame', time_window: 5, event_count: 5 }), /exactly one/);
    assert.throws(
      () => compute({ name: 'ToFrame', n_time_bins: 300 }, ROWS, { width: 1280, height: 720 }),
      /more than 1 GiB/,
    );
  });

  it('counts every event once in slices of events without overlap', () => {
    fc.assert(
      fc.property(
        sortedRows({ width: 4, height: 3 }, 1000, { minLength: 1 }),
        fc.integer({ min: 1, max: 9 }),
        (rows, count) => {
          const settings = { name: 'ToFrame', event_count: count, include_incomplete: true } as const;
          const { data } = compute(settings, rows, { width: 4, height: 3 });
          assert.equal(
            data.reduce((sum, value) => sum + value, 0),
            rows.length,
          );
        },
      ),
      { seed: 43 },
    );
  });
});

describe('ToBinaRep', () => {
  it('reads binary frames as bits, the first as the most significant one', () => {
    // floor(100 / 2) = 50: ON of pixel 0 in both halves, of pixel 1 in the second; OFF 1 in the first, 0 in the second.
    const { data, shape, steps } = compute({ name: 'ToBinaRep', n_frames: 1, n_bits: 2 });
    assert.deepEqual(shape, [1, 2, 1, 2]);
    assert.deepEqual([...data], [Math.fround(1 / 3), Math.fround(2 / 3), 1, Math.fround(1 / 3)]);
    assert.deepEqual(steps, [{ start: 100, end: 200, events: 7 }]);
  });
});

/** [bins, 1, 1, 2] by the definition, each bin on its own. */
function voxelSums(rows: readonly EventRow[], bins: number): number[] {
  const [first, last] = [rows[0]![0], rows.at(-1)![0]];
  const places = rows.map(([t, x, , polarity]) => {
    const position = first === last ? 0 : (bins * (t - first)) / (last - first);
    return { x, sign: polarity === 1 ? 1 : -1, position };
  });
  const inside = places.filter(({ position }) => position < bins);
  return Array.from({ length: bins * 2 }, (_, index) =>
    inside
      .filter(({ x }) => x === index % 2)
      .reduce((sum, { sign, position }) => {
        const distance = Math.abs(position - Math.floor(index / 2));
        return sum + sign * Math.max(0, 1 - distance);
      }, 0),
  );
}

describe('ToVoxelGrid', () => {
  it('shares each polarity between two bins', () => {
    // Positions on 2 bins: 0, 0.2, 0.5, 1, 1.2, 1.5, 1.8, 2; the last one is in no bin.
    const { data, shape } = compute({ name: 'ToVoxelGrid', n_time_bins: 2 });
    assert.deepEqual(shape, [2, 1, 1, 2]);
    const expected = [1 + 0.5, -0.8, 0.5 - 1 + 0.2, -0.2 + 0.8 + 0.5];
    assert.ok(
      expected.every((value, index) => Math.abs(value - data[index]!) < 1e-6),
      String(data),
    );
  });

  it('holds the sums of all shares, also where bins are empty', () => {
    const rows = fc.array(fc.tuple(fc.nat(50), fc.nat(1), fc.constant(0), fc.nat(1)), { minLength: 1 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 12 }), (unsorted, bins) => {
        const given = [...unsorted].sort(([a], [b]) => a - b) as EventRow[];
        const expected = voxelSums(given, bins);
        compute({ name: 'ToVoxelGrid', n_time_bins: bins }, given).data.forEach((value, index) => {
          assert.ok(Math.abs(value - expected[index]!) < 1e-5);
        });
      }),
    );
  });

  it('puts events of one time into the first bin', () => {
    const rows: EventRow[] = [
      [7, 0, 0, 1],
      [7, 1, 0, 0],
    ];
    assert.deepEqual([...compute({ name: 'ToVoxelGrid', n_time_bins: 2 }, rows).data], [1, -1, 0, 0]);
  });
});

describe('ToTimesurface', () => {
  it('decays from the last event of each polarity and pixel to the end of the step', () => {
    const { data, shape, steps } = compute({ name: 'ToTimesurface', dt: 50, tau: 10 });
    assert.deepEqual(shape, [2, 2, 1, 2]);
    assert.deepEqual(
      steps.map(({ end }) => end),
      [150, 200],
    );
    const expected = [
      0,
      Math.exp(-4),
      Math.exp(-2.5),
      0,
      Math.exp(-5),
      Math.exp(-9),
      Math.exp(-1),
      Math.exp(-2.5),
    ];
    assert.ok(
      expected.every((value, index) => Math.abs(value - data[index]!) < 1e-7),
      String(data),
    );
  });
});

describe('ToAveragedTimesurface', () => {
  it('averages the surfaces of each cell and polarity', () => {
    const rows: EventRow[] = [
      [100, 1, 1, 1],
      [110, 2, 1, 1],
      [120, 1, 1, 1],
      [125, 3, 1, 1],
    ];
    const settings = {
      name: 'ToAveragedTimesurface',
      surface_size: 3,
      cell_size: 3,
      time_window: 15,
      tau: 10,
    } as const;
    const { data, shape } = compute(settings, rows, { width: 4, height: 3 });
    assert.deepEqual(shape, [2, 2, 3, 3]);
    const on = [...data.subarray(9, 18)];
    // Event 2 sees event 1 to its left, 10 µs ago; event 3 sees event 2 to its right; event 1 is too old by then.
    const decayed = Math.exp(-1) / 3;
    assert.ok(Math.abs(on[3]! - decayed) < 1e-7 && Math.abs(on[5]! - decayed) < 1e-7, String(on));
    assert.equal(on[4], 1);
    assert.equal(on.filter((value) => value !== 0).length, 3);
    assert.ok(data.subarray(0, 9).every((value) => value === 0));
    assert.equal(data[27 + 4], 1, 'the fourth event is alone in the second cell');
    const linear = compute({ ...settings, decay: 'lin' }, rows, { width: 4, height: 3 }).data;
    assert.ok(Math.abs(linear[12]! - (1 - 10 / 30) / 3) < 1e-7);
  });

  it('refuses even and too large surfaces', () => {
    const settings = { name: 'ToAveragedTimesurface', cell_size: 3 } as const;
    assert.throws(() => compute({ ...settings, surface_size: 2 }), /odd/);
    assert.throws(() => compute({ ...settings, surface_size: 5 }), /cell_size/);
  });
});

describe('SpikingJellyFrames', () => {
  it('gives the last step the rest', () => {
    const byNumber = { name: 'SpikingJellyFrames', frames_number: 3 } as const;
    assert.deepEqual(
      stepRows(byNumber).map((step) => step[2]),
      [2, 2, 4],
    );
    assert.deepEqual(stepRows({ ...byNumber, split_by: 'time' }), [
      [100, 133, 3],
      [133, 166, 2],
      [166, 201, 3],
    ]);
    assert.deepEqual([...compute({ ...byNumber, frames_number: 1 }).data], [1, 2, 3, 2]);
  });
});

describe('TrainingFrames', () => {
  const sensor = { width: 4, height: 3 };

  function channelsFirst(frames: ArrayLike<number>, timeSteps: number, pixels: number): number[] {
    return Array.from({ length: timeSteps * 2 * pixels }, (_, position) => {
      const step = Math.floor(position / (2 * pixels));
      const channel = Math.floor(position / pixels) % 2;
      return frames[(step * pixels + (position % pixels)) * 2 + channel]!;
    });
  }

  it('holds what training counts and resizes, channels first', () => {
    fc.assert(
      fc.property(
        sortedRows(sensor, 1000, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 4 }),
        (rows, timeSteps) => {
          const events = batchOf(rows);
          const counts = countEvents(events, timeSteps, sensor);
          const settings = { name: 'TrainingFrames', time_steps: timeSteps, time_origin: 'zero' } as const;
          const plain = compute(settings, rows, sensor);
          assert.deepEqual(plain.shape, [timeSteps, 2, 3, 4]);
          assert.deepEqual([...plain.data], channelsFirst(counts, timeSteps, 12));
          const resized = compute({ ...settings, size: 5 }, rows, sensor);
          assert.deepEqual(resized.shape, [timeSteps, 2, 5, 5]);
          const frames = resizeFrames(counts, timeSteps, sensor, 5);
          assert.deepEqual([...resized.data], channelsFirst(frames, timeSteps, 25));
        },
      ),
      { seed: 44, numRuns: 40 },
    );
  });

  it('tells the time of each step', () => {
    // floor(200 / 2) = 100 from the first event at 100.
    assert.deepEqual(stepRows({ name: 'TrainingFrames', time_steps: 2, time_origin: 'zero' }), [
      [100, 200, 7],
      [200, 300, 1],
    ]);
  });

  it('does not depend on where the clock begins, unless windows count from time 0', () => {
    const late = ROWS.map(([t, x, y, p]): EventRow => [t + 1_600_000_000_000_000, x, y, p]);
    const settings = { name: 'TrainingFrames', time_steps: 4 } as const;
    const [early, moved] = [compute(settings), compute(settings, late)];
    assert.deepEqual(moved.data, early.data);
    assert.deepEqual(
      moved.steps.map(({ start, end, events }) => [start - 1_600_000_000_000_000, end - start, events]),
      early.steps.map(({ start, end, events }) => [start, end - start, events]),
    );
    const fromZero = compute({ ...settings, time_origin: 'zero' }, late);
    assert.deepEqual(fromZero.steps.map(({ events }) => events).slice(1), [0, 0, 0]);
  });
});

describe('every representation', () => {
  it('does not depend on the order of the events where times differ', () => {
    const settings: RepresentationSettingsInput[] = [
      { name: 'ToFrame', n_time_bins: 3 },
      { name: 'SpikingJellyFrames', frames_number: 2 },
      { name: 'ToVoxelGrid', n_time_bins: 3 },
      { name: 'ToTimesurface', dt: 30, tau: 20 },
      { name: 'ToAveragedTimesurface' },
    ];
    const shuffled = [...ROWS].reverse();
    assert.deepEqual(sortedByTime(batchOf(shuffled)), batchOf(ROWS));
    for (const each of settings) {
      assert.deepEqual(compute(each, shuffled), compute(each), each.name);
    }
  });
});
