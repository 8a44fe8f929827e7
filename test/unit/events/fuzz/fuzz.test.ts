import assert from 'node:assert/strict';
import { decodeBytes } from '../../../tools/recordings';
import { fuzz } from './fuzzer';
import { SEED_FILES } from './seedFiles';

const SEED = 20_261_121;
const INPUTS = 150;
/** Memory beside the heap that a few kilobytes of input may hold on to. */
const MOST_BYTES = 256 * 2 ** 20;

describe('mutated recordings (short mode of npm run fuzz:events)', () => {
  for (const file of SEED_FILES) {
    it(`${file.name}: sound events or a typed refusal, never anything else`, async () => {
      const { rows } = await decodeBytes(await file.bytes(), {}, file.file);
      assert.ok(rows.length > 0, 'the seed itself is sound');
      const before = process.memoryUsage().arrayBuffers;
      const { opened, refused } = await fuzz(file, { seed: SEED, from: 0, to: INPUTS });
      assert.equal(opened + refused, INPUTS);
      assert.ok(opened > 0 && refused > 0, 'mutations are neither harmless nor all fatal');
      assert.ok(process.memoryUsage().arrayBuffers - before < MOST_BYTES, 'memory stays bounded');
    });
  }
});
