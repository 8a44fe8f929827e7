import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SpikeBridgeError } from '../../../../engine/errors';
import {
  createFilter,
  type FilterSettingsInput,
  parseFilter,
} from '../../../../engine/events/filters/filterSettings';
import { batchOf, cutRows, type EventRow, rowsOf, sortedRows } from '../eventRows';

const SENSOR = { width: 6, height: 5 };

function kept(settings: FilterSettingsInput, rows: readonly EventRow[]): EventRow[] {
  return rowsOf(createFilter(settings).apply(batchOf(rows)));
}

describe('Denoise', () => {
  const settings = { name: 'Denoise', filter_time: 100 } as const;

  it('keeps events with a neighbour of four that fired less than filter_time before, of either polarity', () => {
    const rows: EventRow[] = [
      [1000, 2, 2, 1],
      [1010, 3, 2, 0],
      [1020, 2, 1, 1],
      [1030, 4, 3, 1],
    ];
    assert.deepEqual(kept(settings, rows), [rows[1], rows[2]], 'a diagonal neighbour is none');
  });

  it('does not count the pixel itself, and stops counting after exactly filter_time', () => {
    assert.deepEqual(
      kept(settings, [
        [1000, 2, 2, 1],
        [1001, 2, 2, 1],
        [1101, 3, 2, 1],
      ]),
      [],
    );
    assert.equal(
      kept(settings, [
        [1000, 2, 2, 1],
        [1099, 3, 2, 1],
      ]).length,
      1,
    );
  });

  it('keeps all events with t < filter_time, as tonic does', () => {
    const rows: EventRow[] = [
      [99, 0, 0, 1],
      [100, 4, 4, 1],
    ];
    assert.deepEqual(kept(settings, rows), [rows[0]]);
  });

  it('does not take the end of one row for a neighbour of the next one', () => {
    assert.deepEqual(
      kept(settings, [
        [1000, 3, 0, 1],
        [1001, 0, 1, 1],
      ]),
      [],
    );
  });
});

describe('RefractoryPeriod', () => {
  it('measures from the last event of the pixel, dropped or not, and drops at exactly delta', () => {
    const rows: EventRow[] = [
      [1000, 1, 1, 1],
      [1060, 1, 1, 0],
      [1120, 1, 1, 1],
      [1220, 1, 1, 1],
      [1321, 1, 1, 0],
      [1322, 2, 1, 0],
    ];
    assert.deepEqual(kept({ name: 'RefractoryPeriod', delta: 100 }, rows), [rows[0], rows[4], rows[5]]);
  });

  it('drops the first event of a pixel at t = 0, as tonic does', () => {
    assert.deepEqual(
      kept({ name: 'RefractoryPeriod', delta: 100 }, [
        [0, 1, 1, 1],
        [1, 2, 1, 1],
      ]),
      [[1, 2, 1, 1]],
    );
  });
});

describe('Decimation', () => {
  it('keeps the n-th event of each pixel', () => {
    const rows: EventRow[] = [1, 2, 3, 4, 5, 6, 7].map((t) => [t, 0, 0, t % 2]);
    assert.deepEqual(kept({ name: 'Decimation', n: 3 }, [...rows, [8, 1, 0, 1]]), [rows[2], rows[5]]);
    assert.deepEqual(kept({ name: 'Decimation', n: 1 }, rows), rows);
  });
});

describe('Crop, Polarity and CropTime', () => {
  const rows: EventRow[] = [
    [10, 1, 1, 1],
    [20, 2, 1, 0],
    [30, 3, 3, 1],
    [40, 4, 1, 0],
  ];

  it('keep the rectangle with its left and top border, without right and bottom', () => {
    assert.deepEqual(kept({ name: 'Crop', x: 2, y: 1, width: 2, height: 2 }, rows), [rows[1]]);
    assert.deepEqual(kept({ name: 'Crop', x: 2, y: 1, width: 2, height: 3 }, rows), [rows[1], rows[2]]);
  });

  it('keep one polarity', () => {
    assert.deepEqual(kept({ name: 'Polarity', keep: 'on' }, rows), [rows[0], rows[2]]);
    assert.deepEqual(kept({ name: 'Polarity', keep: 'off' }, rows), [rows[1], rows[3]]);
  });

  it('keep times from min to max, both inclusive', () => {
    assert.deepEqual(kept({ name: 'CropTime', min: 20, max: 30 }, rows), [rows[1], rows[2]]);
    assert.deepEqual(kept({ name: 'CropTime', min: 21 }, rows), [rows[2], rows[3]]);
  });
});

describe('DropPixel', () => {
  it('drops given pixels without a survey', () => {
    const filter = createFilter({ name: 'DropPixel', coordinates: [[1, 2]] });
    assert.equal(filter.survey, undefined);
    const rows: EventRow[] = [
      [1, 1, 2, 1],
      [2, 2, 1, 1],
    ];
    assert.deepEqual(rowsOf(filter.apply(batchOf(rows))), [rows[1]]);
  });

  it('drops pixels with more than frequency * duration events', () => {
    const filter = createFilter({ name: 'DropPixel', hot_pixel_frequency: 3 });
    const hot: EventRow[] = [0, 1, 2, 3].map((step) => [step * 1000, 5, 4, step % 2]);
    const warm: EventRow[] = [4, 5, 6].map((step) => [step * 1000, 4, 4, 1]);
    const rows: EventRow[] = [...hot, ...warm, [1_000_000, 0, 0, 1]];
    filter.survey!.observe(batchOf(rows.slice(0, 3)));
    filter.survey!.observe(batchOf(rows.slice(3)));
    filter.survey!.finish();
    assert.deepEqual(rowsOf(filter.apply(batchOf(rows))), [...warm, rows.at(-1)]);
  });
});

describe('filters', () => {
  const stateful: FilterSettingsInput[] = [
    { name: 'Denoise', filter_time: 40 },
    { name: 'RefractoryPeriod', delta: 60 },
    { name: 'Decimation', n: 2 },
    { name: 'Crop', x: 1, y: 1, width: 3, height: 2 },
  ];

  it('give the same events wherever batches are cut', () => {
    fc.assert(
      fc.property(sortedRows(SENSOR, 500), fc.array(fc.nat(60)), (rows, places) => {
        for (const settings of stateful) {
          const filter = createFilter(settings);
          const inParts = cutRows(rows, places).flatMap((part) => rowsOf(filter.apply(batchOf(part))));
          assert.deepEqual(inParts, kept(settings, rows), settings.name);
        }
      }),
      { seed: 41 },
    );
  });

  it('forget what they saw when they are reset', () => {
    fc.assert(
      fc.property(sortedRows(SENSOR, 500), (rows) => {
        for (const settings of stateful) {
          const filter = createFilter(settings);
          const first = rowsOf(filter.apply(batchOf(rows)));
          filter.reset();
          assert.deepEqual(rowsOf(filter.apply(batchOf(rows))), first, settings.name);
        }
      }),
      { seed: 42 },
    );
  });
});

describe('settings of filters that do not fit', () => {
  it('are refused in words', () => {
    const refusals: readonly (readonly [settings: object, words: RegExp])[] = [
      [{ name: 'Crop', y: 0, width: 2, height: 2 }, /filter Crop does not fit: the parameter "x" is missing/],
      [
        { name: 'Crop', x: 1e300, y: 0, width: 2, height: 2 },
        /"x" must be at most 9007199254740991, not 1e\+300/,
      ],
      [{ name: 'Crop', x: 0, y: 0, width: Number.NaN, height: 2 }, /"width" must be .*, not NaN/],
      [{ name: 'Denoise', filter_time: 0 }, /"filter_time" must be a number above 0, not 0/],
      [{ name: 'Denoise', filter_time: -1 }, /"filter_time" must be a number above 0, not -1/],
      [{ name: 'DropPixel', hot_pixel_frequency: 0 }, /"hot_pixel_frequency" must be a number above 0/],
      [{ name: 'Decimation', n: 1e300 }, /"n" must be at most 9007199254740991/],
    ];
    for (const [settings, words] of refusals) {
      assert.throws(
        () => createFilter(settings as FilterSettingsInput),
        (error: SpikeBridgeError) => error.category === 'usage' && words.test(error.message),
        String(words),
      );
    }
  });
});

describe('parseFilter', () => {
  it('reads names, first parameters, units and JSON', () => {
    assert.deepEqual(parseFilter('Denoise'), { name: 'Denoise', filter_time: 10_000 });
    assert.deepEqual(parseFilter('denoise:5ms'), { name: 'Denoise', filter_time: 5000 });
    assert.deepEqual(parseFilter('RefractoryPeriod:delta=250'), { name: 'RefractoryPeriod', delta: 250 });
    assert.deepEqual(parseFilter('Polarity:on'), { name: 'Polarity', keep: 'on' });
    assert.deepEqual(parseFilter('Crop:x=1,y=2,width=3,height=4'), {
      name: 'Crop',
      x: 1,
      y: 2,
      width: 3,
      height: 4,
    });
    assert.deepEqual(parseFilter('DropPixel:coordinates=[[3,4], [5,6]],hot_pixel_frequency=1000'), {
      name: 'DropPixel',
      coordinates: [
        [3, 4],
        [5, 6],
      ],
      hot_pixel_frequency: 1000,
    });
    assert.deepEqual(parseFilter('DropPixel:{"coordinates":[[3,4],[5,6]]}'), {
      name: 'DropPixel',
      coordinates: [
        [3, 4],
        [5, 6],
      ],
    });
  });

  function refusal(text: string): string {
    try {
      parseFilter(text);
    } catch (error) {
      return `${(error as Error).message}\n${(error as { nextStep?: string }).nextStep}`;
    }
    return 'accepted';
  }

  it('names the filter and its parameters when something is wrong', () => {
    assert.match(refusal('Denoyse'), /no filter "Denoyse"[\s\S]*Denoise/);
    assert.match(refusal('Denoise:tau=1'), /no parameter "tau"[\s\S]*filter_time/);
    assert.match(refusal('DropPixel:{"coordinates"'), /DropPixel.*is no JSON/);
    assert.match(refusal('DropPixel:coordinates=[[1,2]'), /DropPixel.*is no JSON/);
    assert.match(refusal('Denoise:5ms,6ms'), /"filter_time" must be a number above 0, not "5ms,6ms"/);
    assert.match(refusal('DropPixel:{"coordinates":[[1]]}'), /"coordinates" must be a list of pixels/);
    assert.match(refusal('Polarity'), /"keep" is missing[\s\S]*keep: on or off/);
  });

  it('refuses what would keep nothing or drop nothing', () => {
    assert.match(refusal('CropTime:min=10,max=5'), /does not fit: no time lies from min 10 to max 5/);
    assert.equal(refusal('CropTime:min=5,max=5'), 'accepted');
    assert.match(refusal('DropPixel'), /"hot_pixel_frequency" or "coordinates" must be given/);
    assert.equal(refusal('DropPixel:100'), 'accepted');
    assert.doesNotThrow(() => createFilter({ name: 'DropPixel' }));
  });

  it('says range, default and unit in words of its own', () => {
    const message = refusal('Denoise:filter_time=-1');
    assert.match(
      message,
      /"Denoise:filter_time=-1" does not fit: "filter_time" must be a number above 0, not -1/,
    );
    assert.match(message, /filter_time: a number above 0, default 10000\. .* in µs/);
    assert.match(refusal('Decimation:1.5'), /"n" must be a whole number above 0, not 1\.5/);
    assert.match(
      refusal('Crop:x=-1,y=0,width=2,height=2'),
      /"x" must be a whole number of at least 0, not -1/,
    );
    for (const text of [
      'Denoise:-1',
      'Decimation:x',
      'Crop:1',
      'Polarity:up',
      'DropPixel:{"coordinates":3}',
    ]) {
      assert.doesNotMatch(refusal(text), /✖|Invalid input|expected|→/, text);
    }
  });
});
