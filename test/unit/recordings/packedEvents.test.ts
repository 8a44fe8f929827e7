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

  it('take four bytes for an event that follows within 254 µs', () => {
    const events = Array.from({ length: 100 }, () => ({ gap: 254, x: 4095, y: 2047, polarity: 1 }));
    const batch = batchOf(events, 0);
    assert.equal(packEvents(batch, 0, 1e6).words.byteLength, 400);
    assert.equal(packEvents(batchOf([{ gap: 255, x: 0, y: 0, polarity: 0 }], 0), 0, 300).words.byteLength, 8);
  });
});
