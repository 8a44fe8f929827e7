import assert from 'node:assert/strict';
import { SpikeBridgeError } from '../../../engine/errors';
import { CONTAINER_FORMATS, sampleEvents } from '../../tools/containerFormats';
import { decodeBytes, type EventRow, openBytes, readEvents } from '../../tools/recordings';

const FEW = 3000;
/** More than two batches. */
const MANY = 140_000;
const CUTS = [0.3, 0.55, 0.8, 0.97];

for (const { name, format, encode, survivesCut, canSeek } of CONTAINER_FORMATS) {
  describe(`${name} (container)`, () => {
    it('decodes to its events', async () => {
      const rows = sampleEvents(FEW);
      const decoded = await decodeBytes(await encode(rows));
      assert.equal(decoded.info.format.value, format);
      assert.deepEqual(decoded.rows, rows);
    });

    it('goes on from the state behind every batch as if it had never stopped', async () => {
      const rows = sampleEvents(MANY);
      const recording = await openBytes(await encode(rows));
      const { rows: straight, places } = await readEvents(recording);
      assert.deepEqual(straight, rows);
      assert.ok(places.length > 2, 'there are several batches');
      for (const { state, events } of places) {
        const resumed = await readEvents(recording, JSON.parse(JSON.stringify(state)));
        assert.deepEqual(resumed.rows, rows.slice(events) satisfies EventRow[]);
      }
      await recording.close();
    });

    it('gives the events before a cut with a warning, or says that the file is damaged', async () => {
      const rows = sampleEvents(FEW);
      const bytes = await encode(rows);
      for (const share of CUTS) {
        const cut = bytes.subarray(0, Math.floor(bytes.length * share));
        const { rows: found, warnings } = await decodeBytes(cut).catch((error: unknown) => {
          assert.ok(error instanceof SpikeBridgeError, String(error));
          assert.ok(!survivesCut, `cut at ${share}: ${error.message}`);
          return { rows: [], warnings: [] };
        });
        assert.deepEqual(found, rows.slice(0, found.length));
        assert.ok(!survivesCut || format === 'text' || warnings.length > 0, `no warning at ${share}`);
        assert.ok(warnings.every(({ byteOffset = 0 }) => byteOffset <= cut.length));
      }
    });

    it(canSeek ? 'finds a place at or before every time' : 'has no index of its own', async () => {
      const rows = sampleEvents(MANY);
      const recording = await openBytes(await encode(rows));
      const times = canSeek ? [0, rows[1]![0], rows[60_000]![0] + 1, rows.at(-1)![0]] : [rows[60_000]![0]];
      for (const time of times) {
        const state = await recording.seek?.(time);
        assert.equal(state !== undefined, canSeek);
        if (state !== undefined) {
          const { rows: found } = await readEvents(recording, state);
          const wanted = rows.filter(([t]) => t >= time);
          assert.deepEqual(found.slice(found.length - wanted.length), wanted);
        }
      }
      await recording.close();
    });
  });
}
