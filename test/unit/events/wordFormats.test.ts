import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeBytes, type EventRow, openBytes, readEvents } from '../../tools/recordings';
import { eventRows, manyRows, WORD_FORMATS } from '../../tools/wordFormats';

const RUNS = 40;
/** More than two batches. */
const MANY = 150_000;
/** Formats whose words hold several events, or packets: one event more may make a longer file shorter. */
const vectors = new Set(['evt21', 'evt3', 'aedat3']);

for (const format of WORD_FORMATS) {
  describe(`${format.name} (word format)`, () => {
    it('decodes random events to themselves', async () => {
      await fc.assert(
        fc.asyncProperty(eventRows(format), async (rows) => {
          const decoded = await decodeBytes(format.encode(rows), {}, 'events.bin');
          assert.equal(decoded.info.format.value, format.format);
          assert.deepEqual(decoded.rows, rows);
          assert.deepEqual(decoded.warnings, []);
        }),
        { numRuns: RUNS },
      );
    });

    it('gives all whole events of a file that is cut anywhere, and tells where it ends', async () => {
      const share = fc.double({ min: 0.1, max: 1, noNaN: true });
      await fc.assert(
        fc.asyncProperty(eventRows(format, 60), share, async (rows, kept) => {
          const bytes = format.encode(rows);
          const head = format.encode([]).length;
          const cut = bytes.subarray(0, head + Math.floor((bytes.length - head) * kept));
          const { rows: found, warnings } = await decodeBytes(cut, {}, 'events.bin');
          assert.deepEqual(found, rows.slice(0, found.length));
          const next = rows.slice(0, found.length + 1);
          const missing = found.length < rows.length && format.encode(next).length <= cut.length;
          assert.ok(!missing || vectors.has(format.format), 'no whole event is left out');
          assert.ok(warnings.every(({ byteOffset = Number.NaN }) => byteOffset <= cut.length));
        }),
        { numRuns: RUNS },
      );
    });

    it('warns of a half event at the end with its place', async () => {
      const rows = manyRows(format, 50);
      const bytes = format.encode(rows);
      const { rows: found, warnings } = await decodeBytes(bytes.subarray(0, -1), {}, 'events.bin');
      assert.ok(found.length < rows.length || format.format === 'aedat3');
      assert.equal(warnings.length, 1);
      assert.match(warnings[0]!.message, /^the file ends inside an event/);
      assert.ok(warnings[0]!.byteOffset! > bytes.length - 60 && warnings[0]!.byteOffset! < bytes.length);
    });

    it('goes on from the state behind every batch as if it had never stopped', async () => {
      const rows = manyRows(format, MANY);
      const recording = await openBytes(format.encode(rows), {}, 'events.bin');
      const { rows: straight, places } = await readEvents(recording);
      assert.deepEqual(straight, rows);
      assert.ok(places.length > 2, 'there are several batches');
      for (const { state, events } of places) {
        const resumed = await readEvents(recording, JSON.parse(JSON.stringify(state)));
        assert.deepEqual(resumed.rows, rows.slice(events) satisfies EventRow[]);
      }
    });
  });
}
