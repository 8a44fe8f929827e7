import assert from 'node:assert/strict';
import { filterChain } from '../../../../engine/events/filters/filterChain';
import { batchOf, type EventRow, rowsOf } from '../eventRows';

async function* batches(...parts: (readonly EventRow[])[]) {
  for (const part of parts) {
    yield batchOf(part);
  }
}

describe('filterChain', () => {
  const rows: EventRow[] = [
    [10, 1, 1, 1],
    [20, 1, 1, 0],
    [30, 9, 1, 1],
    [40, 1, 1, 1],
  ];

  it('applies filters in order and counts what each was given and kept', () => {
    const chain = filterChain([
      { name: 'Crop', x: 0, y: 0, width: 5, height: 5 },
      { name: 'Decimation', n: 2 },
    ]);
    assert.equal(chain.needsSurvey, false);
    assert.deepEqual(rowsOf(chain.apply(batchOf(rows))), [rows[1]]);
    assert.deepEqual(rowsOf(chain.apply(batchOf([[50, 1, 1, 1]]))), [[50, 1, 1, 1]]);
    assert.deepEqual(
      chain.reductions().map(({ name, eventsIn, eventsOut }) => [name, eventsIn, eventsOut]),
      [
        ['Crop', 5, 4],
        ['Decimation', 4, 2],
      ],
    );
    chain.reset();
    assert.deepEqual(
      chain.reductions().map(({ eventsIn }) => eventsIn),
      [0, 0],
    );
  });

  it('keeps everything without filters', () => {
    const events = batchOf(rows);
    assert.equal(filterChain([]).apply(events), events);
  });

  it('surveys what the filters before let through', async () => {
    const chain = filterChain([
      { name: 'Polarity', keep: 'on' },
      { name: 'DropPixel', hot_pixel_frequency: 50_000 },
    ]);
    assert.ok(chain.needsSurvey);
    // 30 µs * 50,000 / s = 1.5 events: pixel (1, 1) has two ON events, the OFF one does not count.
    await chain.survey(() => batches(rows.slice(0, 2), rows.slice(2)));
    assert.deepEqual(rowsOf(chain.apply(batchOf(rows))), [rows[2]]);
    assert.deepEqual(
      chain.reductions().map(({ eventsIn, eventsOut }) => [eventsIn, eventsOut]),
      [
        [4, 3],
        [3, 1],
      ],
      'the survey is not counted',
    );
  });
});
