import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lz4Decoder } from '../../../engine/events/compression/lz4';
import { SmallLz4 } from '../../../engine/events/compression/smallLz4';
import { encodeLz4Frame } from '../../../engine/events/writers/lz4Encoder';
import { type Aedat4Compression, encodeAedat4 } from '../../tools/containers/aedat4File';
import { decodeBytes, type EventRow, openBytes, readEvents } from '../../tools/recordings';

const ROWS = Array.from({ length: 9000 }, (_, index): EventRow => {
  const t = 1_633_953_690_000_000 + index * 3;
  return [t, (index * 7) % 346, (index * 11) % 260, (index >> 2) & 1];
});
const OPTIONS = { withTable: true, width: 346, height: 260 };

describe('AEDAT4 with small packets', () => {
  for (const compression of ['none', 'LZ4', 'ZSTD'] as const satisfies readonly Aedat4Compression[]) {
    for (const rowsPerPacket of [1, 3, 1000, 1025]) {
      it(`reads packets of ${rowsPerPacket}, ${compression}, and goes on from the state behind every batch`, async () => {
        const bytes = await encodeAedat4(ROWS, { ...OPTIONS, compression, rowsPerPacket });
        const recording = await openBytes(bytes);
        const { rows } = await readEvents(recording);
        assert.deepEqual(rows, ROWS);
        const reader = await recording.events();
        const first = await reader.next();
        const { rows: rest } = await readEvents(recording, reader.state());
        assert.deepEqual(rest, ROWS.slice(first!.t.length));
        const seen = await readEvents(recording, await recording.seek!(ROWS[5000]![0]));
        assert.deepEqual(seen.rows.at(-1), ROWS.at(-1));
        assert.ok(seen.rows[0]![0] <= ROWS[5000]![0] && seen.rows.length < 6100);
        await recording.close();
      });
    }
  }

  it('leaves out one damaged packet with a warning of its place', async () => {
    const rows = ROWS.slice(0, 300);
    const bytes = await encodeAedat4(rows, { ...OPTIONS, compression: 'LZ4', rowsPerPacket: 1 });
    const magic = [0x04, 0x22, 0x4d, 0x18];
    const frames: number[] = [];
    for (let at = 0; at + 4 < bytes.length; at++) {
      if (magic.every((byte, index) => bytes[at + index] === byte)) {
        frames.push(at);
      }
    }
    // Frames of events and triggers take turns.
    const place = frames[2 * 100]!;
    bytes.fill(0xff, place + 11, place + 30);
    const { rows: read, warnings } = await decodeBytes(bytes);
    assert.deepEqual(read, [...rows.slice(0, 100), ...rows.slice(101)]);
    assert.match(warnings[0]!.message, /a packet is damaged/);
    assert.equal(warnings[0]!.byteOffset, place - 8);
  });

  for (const rowsPerPacket of [3, 1500]) {
    it(`loses only damaged packets of ${rowsPerPacket} where the file has a table of them`, async () => {
      const whole = await encodeAedat4(ROWS, { ...OPTIONS, compression: 'LZ4', rowsPerPacket });
      assert.deepEqual((await decodeBytes(whole)).warnings, []);
      await fc.assert(
        fc.asyncProperty(
          fc.double({ min: 0.1, max: 0.8, noNaN: true }),
          fc.uint8Array({ minLength: 8, maxLength: 200 }),
          async (share, noise) => {
            const bytes = Uint8Array.from(whole);
            bytes.set(noise, Math.floor(whole.length * share));
            const { rows, warnings } = await decodeBytes(bytes);
            // 200 bytes touch at most so many packets of events, and two at least are larger.
            const mostLost = rowsPerPacket * (rowsPerPacket > 1000 ? 2 : 8);
            assert.ok(rows.length >= ROWS.length - mostLost, `${rows.length} of ${ROWS.length}`);
            assert.deepEqual(rows.at(-1), ROWS.at(-1));
            assert.ok(rows.length === ROWS.length || warnings.length > 0);
          },
        ),
        { seed: 5, numRuns: 60 },
      );
    });
  }

  it('gives all events before a cut, and its place', async () => {
    const bytes = await encodeAedat4(ROWS, {
      ...OPTIONS,
      withTable: false,
      compression: 'none',
      rowsPerPacket: 1,
    });
    const cut = bytes.subarray(0, Math.floor(bytes.length * 0.7));
    const { rows, warnings } = await decodeBytes(cut);
    assert.ok(rows.length > 5000 && rows.length < ROWS.length);
    assert.deepEqual(rows, ROWS.slice(0, rows.length));
    assert.match(warnings[0]!.message, /the file ends inside a packet/);
  });
});

describe('AEDAT4 cut inside its header', () => {
  it('says what the header promises and what the file has', async () => {
    const bytes = await encodeAedat4(ROWS.slice(0, 10), {
      ...OPTIONS,
      compression: 'none',
      rowsPerPacket: 10,
    });
    const promised = new DataView(bytes.buffer, bytes.byteOffset).getUint32(14, true);
    await assert.rejects(
      openBytes(bytes.slice(0, 100)),
      new RegExp(`ends inside its header: it has 100 of ${18 + promised} bytes`),
    );
    await assert.rejects(openBytes(bytes.slice(0, 14)), /ends inside its header: it has 14 bytes/);
    await assert.rejects(openBytes(bytes.slice(0, 17)), /ends inside its header: it has 17 bytes/);
    const small = bytes.slice();
    small.fill(0, 14, 18);
    await assert.rejects(openBytes(small), /header says that it has 0 bytes, which none has/);
  });
});

describe('small LZ4 frames', () => {
  const capacity = 4096;
  const contents = fc.oneof(
    fc.uint8Array({ maxLength: 600 }),
    fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 900 }).map((values) => Uint8Array.from(values)),
  );

  function learned(): SmallLz4 {
    const small = new SmallLz4(capacity);
    small.learn(encodeLz4Frame(Uint8Array.of(1, 2, 3)));
    return small;
  }

  it('are unpacked as by the library', () => {
    const small = learned();
    fc.assert(
      fc.property(contents, (content) => {
        const frame = encodeLz4Frame(content);
        const length = small.unpack(frame, 0, frame.length);
        assert.equal(length, content.length === 0 ? -1 : content.length);
        assert.deepEqual(small.target.slice(0, Math.max(0, length)), content);
      }),
    );
  });

  it('that are damaged give what the library gives, or are left to it', async () => {
    const lz4 = await lz4Decoder();
    const small = learned();
    const changes = fc.array(fc.tuple(fc.nat(1000), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(contents, changes, (content, mutations) => {
        const frame = encodeLz4Frame(content);
        for (const [place, value] of mutations) {
          frame[place % frame.length] = value;
        }
        const length = small.unpack(frame, 0, frame.length);
        if (length < 0) {
          return;
        }
        const own = small.target.slice(0, length);
        assert.deepEqual(lz4.frame(frame), own);
      }),
      { numRuns: 2000 },
    );
  });

  it('of unknown headers, and those that do not fit, are left to the library', () => {
    const frame = encodeLz4Frame(new Uint8Array(capacity + 1));
    assert.equal(new SmallLz4(capacity).unpack(frame, 0, frame.length), -1);
    assert.equal(learned().unpack(frame, 0, frame.length), -1);
  });
});
