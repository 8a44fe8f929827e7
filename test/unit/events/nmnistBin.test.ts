import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SpikeBridgeError } from '../../../engine/errors';
import { allocateEvents, type EventBatch } from '../../../engine/events/eventBatch';
import { decodeNmnistBin, encodeNmnistBin } from '../../../engine/events/nmnistBin';

const FUZZ_SEED = 20150101;

/** Rows of [t, x, y, polarity] as a batch. */
function eventsOf(rows: readonly (readonly number[])[]): EventBatch {
  const events = allocateEvents(rows.length);
  rows.forEach(([t, x, y, polarity], index) => {
    events.t[index] = t!;
    events.x[index] = x!;
    events.y[index] = y!;
    events.polarity[index] = polarity!;
  });
  return events;
}

function dataError(byteOffset: number, message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof SpikeBridgeError);
    assert.equal(error.category, 'data');
    assert.deepEqual(error.place, { file: 'digit.bin', byteOffset });
    assert.match(error.message, message);
    assert.notEqual(error.nextStep, '');
    return true;
  };
}

describe('decodeNmnistBin', () => {
  it('reads x, y, the polarity bit and 23 bits of time', () => {
    const bytes = Uint8Array.of(3, 7, 0x80, 0x01, 0x02, 33, 33, 0x7f, 0xff, 0xff);
    assert.deepEqual(
      decodeNmnistBin(bytes, 'digit.bin'),
      eventsOf([
        [0x0102, 3, 7, 1],
        [2 ** 23 - 1, 33, 33, 0],
      ]),
    );
  });

  it('adds 8192 µs to everything behind an overflow marker and drops the marker', () => {
    const bytes = Uint8Array.of(
      1,
      1,
      0,
      0,
      5,
      0,
      240,
      0,
      0,
      6,
      2,
      2,
      0,
      0,
      7,
      0,
      240,
      0,
      0,
      0,
      3,
      3,
      0x80,
      0,
      1,
    );
    assert.deepEqual(
      decodeNmnistBin(bytes, 'digit.bin'),
      eventsOf([
        [5, 1, 1, 0],
        [8192 + 7, 2, 2, 0],
        [2 * 8192 + 1, 3, 3, 1],
      ]),
    );
  });

  it('refuses an empty file, a rest of less than 5 bytes, foreign pixels and mere markers', () => {
    const decode = (...bytes: number[]) => decodeNmnistBin(Uint8Array.from(bytes), 'digit.bin');
    assert.throws(() => decode(), dataError(0, /empty/));
    assert.throws(() => decode(1, 1, 0, 0, 5, 1, 1), dataError(5, /7 bytes/));
    assert.throws(() => decode(1, 1, 0, 0, 5, 34, 0, 0, 0, 6), dataError(5, /\(34, 0\).*34 x 34/));
    assert.throws(() => decode(1, 34, 0, 0, 5), dataError(0, /\(1, 34\)/));
    assert.throws(() => decode(0, 240, 0, 0, 5), dataError(0, /no event/));
  });

  it('survives any bytes: events or a typed error with an offset inside the file', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .array(
          fc.tuple(fc.nat(36), fc.constantFrom(0, 12, 33, 34, 240), fc.nat(255), fc.nat(255), fc.nat(255)),
          {
            maxLength: 40,
          },
        )
        .map((rows) => Uint8Array.from(rows.flat())),
    );
    fc.assert(
      fc.property(bytes, (content) => {
        try {
          const events = decodeNmnistBin(content, 'digit.bin');
          assert.ok(events.t.length > 0 && events.t.length <= content.length / 5);
          assert.ok(events.x.every((x) => x < 34) && events.y.every((y) => y < 34));
        } catch (error) {
          assert.ok(error instanceof SpikeBridgeError, String(error));
          assert.ok((error.place.byteOffset ?? -1) <= content.length);
        }
      }),
      { seed: FUZZ_SEED, numRuns: 2000 },
    );
  });
});

describe('encodeNmnistBin', () => {
  const row = (latest: number) => fc.tuple(fc.nat(latest), fc.nat(33), fc.nat(33), fc.constantFrom(0, 1));

  it('is undone by the decoder for times within 23 bits, in any order', () => {
    fc.assert(
      fc.property(fc.array(row(2 ** 23 - 1), { minLength: 1, maxLength: 60 }), (rows) => {
        const events = eventsOf(rows);
        const bytes = encodeNmnistBin(events);
        assert.equal(bytes.length, 5 * rows.length);
        assert.deepEqual(decodeNmnistBin(bytes, 'digit.bin'), events);
      }),
      { seed: FUZZ_SEED },
    );
  });

  it('is undone by the decoder for ordered times beyond 2^23 µs, by overflow markers', () => {
    fc.assert(
      fc.property(fc.array(row(2 ** 24), { minLength: 1, maxLength: 20 }), (rows) => {
        const events = eventsOf([...rows].sort((left, right) => left[0] - right[0]));
        assert.deepEqual(decodeNmnistBin(encodeNmnistBin(events), 'digit.bin'), events);
      }),
      { seed: FUZZ_SEED },
    );
    const late = encodeNmnistBin(eventsOf([[2 ** 23 + 5, 1, 2, 1]]));
    assert.deepEqual([...late], [0, 240, 0, 0, 0, 1, 2, 0xff, 0xe0, 0x05]);
  });

  it('refuses events that the format cannot hold', () => {
    for (const row of [
      [5, 256, 0, 0],
      [5, 0, 240, 0],
      [0.5, 0, 0, 0],
      [-1, 0, 0, 0],
    ]) {
      assert.throws(() => encodeNmnistBin(eventsOf([row])), /cannot be written as ATIS 40-bit/);
    }
    const backwards = eventsOf([
      [2 ** 23 + 8192, 0, 0, 0],
      [100, 0, 0, 0],
    ]);
    assert.throws(() => encodeNmnistBin(backwards), /event 1 /);
  });
});
