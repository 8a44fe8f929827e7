import assert from 'node:assert/strict';
import fc from 'fast-check';
import { allocateEvents, type EventBatch } from '../../../engine/events/eventBatch';
import { packEvents, unpackEvents } from '../../../engine/recordings/packedEvents';

interface Event {
  readonly gap: number;
  readonly x: number;
  readonly y: number;
  readonly polarity: number;
}

function batchOf(events: readonly Event[], from: number): EventBatch {
  const batch = allocateEvents(events.length);
  let t = from;
  for (const [index, { gap, x, y, polarity }] of events.entries()) {
    t += gap;
    batch.t[index] = t;
    batch.x[index] = x;
    batch.y[index] = y;
    batch.polarity[index] = polarity;
  }
  return batch;
}

function eventOn(width: number, height: number) {
  return fc.record({
    gap: fc.oneof(fc.nat(3), fc.integer({ min: 250, max: 260 }), fc.nat(500_000)),
    x: fc.nat(width - 1),
    y: fc.nat(height - 1),
    polarity: fc.nat(1),
  });
}

function assertSame(events: readonly Event[], from: number): void {
  const batch = batchOf(events, from);
  const packed = packEvents(batch, from, (batch.t.at(-1) ?? from) + 1);
  const { time, place } = unpackEvents(packed);
  assert.equal(packed.count, events.length);
  for (const [index, { x, y, polarity }] of events.entries()) {
    assert.equal(from + time[index]!, batch.t[index]);
    assert.equal(place[index]! & 0xffff, x);
    assert.equal((place[index]! >>> 16) & 0x7fff, y);
    assert.equal(place[index]! >>> 31, polarity);
  }
}

describe('packed events', () => {
  it('give back every event of a common sensor', () => {
    fc.assert(
      fc.property(fc.array(eventOn(4096, 2048), { maxLength: 200 }), fc.nat(1e15), (events, from) =>
        assertSame(events, from),
      ),
    );
  });

  it('give back every event of a huge sensor', () => {
    fc.assert(
      fc.property(fc.array(eventOn(65_536, 32_768), { maxLength: 200 }), (events) => assertSame(events, 7)),
    );
  });

  it('give back every event that follows closely, and pauses between', () => {
    const close = fc.record({
      gap: fc.oneof(fc.nat(8), fc.constant(254), fc.constantFrom(2 ** 24 - 2, 2 ** 24 - 1, 2 ** 24)),
      x: fc.nat(1279),
      y: fc.nat(719),
      polarity: fc.nat(1),
    });
    fc.assert(
      fc.property(fc.array(close, { maxLength: 200 }), fc.nat(1e15), (events, from) =>
        assertSame(events, from),
      ),
    );
  });

  it('take three bytes for events that follow closely', () => {
    const sensors = [
      { x: 1279, y: 719, gap: 2 },
      { x: 639, y: 479, gap: 14 },
      { x: 345, y: 259, gap: 30 },
      { x: 33, y: 33, gap: 2046 },
    ];
    for (const { x, y, gap } of sensors) {
      const events = Array.from({ length: 100 }, () => ({ gap, x, y, polarity: 1 }));
      const packed = packEvents(batchOf(events, 0), 0, 1e6);
      assert.ok(packed.layout === 'short');
      assert.equal(packed.bytes.byteLength, 300);
      assertSame(events, 0);
      const later = [...events.slice(1), { gap: gap + 1, x, y, polarity: 1 }];
      const longer = packEvents(batchOf(later, 0), 0, 1e6);
      assert.ok(longer.layout === 'short');
      assert.equal(longer.bytes.byteLength, 303);
    }
  });

  it('take four bytes for an event that follows within 254 µs, where three are too few', () => {
    const events = Array.from({ length: 100 }, () => ({ gap: 254, x: 4095, y: 2047, polarity: 1 }));
    const packed = packEvents(batchOf(events, 0), 0, 1e6);
    assert.ok(packed.layout === 'narrow');
    assert.equal(packed.words.byteLength, 400);
    const late = packEvents(batchOf([{ gap: 255, x: 4095, y: 2047, polarity: 0 }], 0), 0, 300);
    assert.ok(late.layout === 'narrow');
    assert.equal(late.words.byteLength, 8);
  });

  it('take the layout that is the shorter one', () => {
    const batch = (late: number) =>
      Array.from({ length: 90 }, (_, index) => ({ gap: index < late ? 9 : 0, x: 1279, y: 719, polarity: 0 }));
    for (const [late, layout, bytes] of [
      [30, 'short', 360],
      [31, 'narrow', 360],
      [60, 'narrow', 360],
    ] as const) {
      const packed = packEvents(batchOf(batch(late), 0), 0, 1e6);
      assert.equal(packed.layout, layout);
      assert.equal(packed.layout === 'short' ? packed.bytes.length : packed.words.byteLength, bytes);
      assertSame(batch(late), 0);
    }
  });

  it('may be none', () => {
    assertSame([], 5);
  });
});
