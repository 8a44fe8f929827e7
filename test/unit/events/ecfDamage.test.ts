import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { decodeEcf } from '../../../engine/events/hdf5/filters/ecf';
import { type EcfMode, encodeEcf } from '../../tools/containers/ecfChunk';
import { decodeBytes, type EventRow, RECORDINGS } from '../../tools/recordings';

const ROWS = Array.from(
  { length: 40 },
  (_, index): EventRow => [1000 + index * 9, (index * 37) % 640, index % 5, index % 2],
);

describe('ECF chunks with damage', () => {
  for (const mode of ['packed events', 'packed columns', 'masks'] as const satisfies readonly EcfMode[]) {
    it(`say what does not fit: ${mode}`, () => {
      const bytes = encodeEcf(ROWS, mode);
      assert.throws(() => decodeEcf(bytes.subarray(0, bytes.length - 1)), /it ends before its last event/);
      const longer = new Uint8Array(bytes.length + 40);
      longer.set(bytes);
      assert.throws(() => decodeEcf(longer), /40 bytes are left behind its last event/);
    });
  }

  it('refuse runs beyond their last event', () => {
    const bytes = encodeEcf(ROWS, 'masks');
    // The first byte of times: 15 - 1 events at once are fine, a long run is not.
    const broken = Uint8Array.from([...bytes.subarray(0, 12), 0x0f, 0xff, 0xff, ...bytes.subarray(13)]);
    assert.throws(() => decodeEcf(broken), /a run of 65535 events at event 0 goes beyond its 40 events/);
  });

  describe('in a file', () => {
    const file = path.join(RECORDINGS, 'derived/prophesee_ecf_1280x720.hdf5');
    const CHUNK_ROWS = 16_384;

    before(function () {
      if (!existsSync(file)) {
        this.skip();
      }
    });

    it('are left out by name with their place, and all other events are kept', async () => {
      const sound = new Uint8Array(readFileSync(file));
      const { rows: all } = await decodeBytes(sound, {}, 'a.hdf5');
      // Among the times of a chunk; pixels have no redundancy that would tell.
      const damagedAt = 286_200;
      const damaged = sound.slice().fill(0, damagedAt, damagedAt + 400);
      const { rows, warnings } = await decodeBytes(damaged, {}, 'a.hdf5');
      const named = warnings.map(({ message, byteOffset = 0 }) => {
        const [, index, data] =
          /^chunk (\d+) of (\S+) \(rows \d+ to \d+\) is damaged \(.*\) and was left out; copy/.exec(
            message,
          ) ?? assert.fail(message);
        return { index: Number(index), data, byteOffset };
      });
      assert.equal(named.length, 1);
      const [{ index, data, byteOffset }] = named as [(typeof named)[0]];
      assert.equal(data, '/CD/events');
      assert.ok(byteOffset <= damagedAt && byteOffset > damagedAt - 40_000, `${byteOffset}`);
      const expected = [...all.slice(0, index * CHUNK_ROWS), ...all.slice((index + 1) * CHUNK_ROWS)];
      assert.equal(rows.length, expected.length);
      assert.deepEqual(rows, expected);
    });
  });
});
