import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lz4Decoder } from '../../../../engine/events/compression/lz4';
import { encodeLz4Block, encodeLz4Frame } from '../../../../engine/events/writers/lz4Encoder';
import { unpackLz4Block, unpackLz4Frame } from './byteReader';

/** Bytes with repetitions, near and far, and long runs. */
const bytes = fc
  .array(fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.nat(400)), { maxLength: 30 })
  .map((parts) =>
    Uint8Array.from(
      parts
        .flatMap(([piece, times]) =>
          Array(1 + (times % 7) * times)
            .fill([...piece])
            .flat(),
        )
        .slice(0, 200_000),
    ),
  );

describe('LZ4 encoder', () => {
  it('gives blocks that unpack to what was packed', () => {
    fc.assert(
      fc.property(bytes, (source) => {
        assert.ok(Buffer.from(unpackLz4Block(encodeLz4Block(source))).equals(source));
      }),
      { seed: 54, numRuns: 40 },
    );
  });

  it('keeps the rules for the end of a block: five literals, no match in the last twelve bytes', () => {
    const block = encodeLz4Block(new Uint8Array(1000));
    // One literal, a match of 994 bytes at distance 1, five literals.
    assert.deepEqual([...block], [0x1f, 0, 1, 0, 255, 255, 255, 210, 0x50, 0, 0, 0, 0, 0]);
    assert.deepEqual([...encodeLz4Block(new Uint8Array(12))], [0xc0, ...new Uint8Array(12)]);
  });

  it('gives frames that the library unpacks too, over several blocks and from bytes that do not shrink', async () => {
    const decoder = await lz4Decoder();
    const large = new Uint8Array(2 ** 22 + 1000).map((_, index) => (index * 7) % 251);
    let state = 1;
    const noise = new Uint8Array(5000).map(() => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return state >>> 24;
    });
    for (const source of [large, noise, new Uint8Array(0)]) {
      const frame = encodeLz4Frame(source);
      assert.ok(Buffer.from(decoder.frame(frame)).equals(source));
    }
    assert.ok(Buffer.from(unpackLz4Frame(encodeLz4Frame(noise))).equals(noise));
    assert.ok(encodeLz4Frame(noise).length <= noise.length + 15);
  });
});
