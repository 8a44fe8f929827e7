import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeBlosc } from '../../../engine/events/hdf5/filters/blosc';
import { decodeBlosclz } from '../../../engine/events/hdf5/filters/blosclz';
import { decodeEcf } from '../../../engine/events/hdf5/filters/ecf';
import { decodeLzf } from '../../../engine/events/hdf5/filters/lzf';
import { bitUnshuffle, unshuffle } from '../../../engine/events/hdf5/filters/shuffle';
import { type EcfMode, encodeEcf } from '../../tools/containers/ecfChunk';
import type { EventRow } from '../../tools/recordings';

const MODES: readonly EcfMode[] = ['packed events', 'packed columns', 'masks'];

/** Rows of the compound type: x u16, y u16, p i16, t i64 at 8. */
function compoundRows(bytes: Uint8Array): EventRow[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 16 }, (_, index) => [
    Number(view.getBigInt64(index * 16 + 8, true)),
    view.getUint16(index * 16, true),
    view.getUint16(index * 16 + 2, true),
    view.getInt16(index * 16 + 4, true),
  ]);
}

const eventRows = fc
  .array(
    fc.record({
      wait: fc.oneof(fc.constant(0), fc.nat(20), fc.nat(100_000)),
      stays: fc.boolean(),
      x: fc.nat(1270),
      y: fc.nat(719),
      p: fc.nat(1),
    }),
    { minLength: 1, maxLength: 300 },
  )
  .map((list) => {
    let row: EventRow = [5_000_000_000, 0, 0, 0];
    return list.map(({ wait, stays, x, y, p }) => {
      row = stays ? [row[0] + wait, (row[1] + 1) % 1280, row[2], row[3]] : [row[0] + wait, x, y, p];
      return row;
    });
  });

describe('filters of HDF5 chunks', () => {
  for (const mode of MODES) {
    it(`ECF with ${mode} gives the events back`, () => {
      fc.assert(
        fc.property(eventRows, (rows) => {
          assert.deepEqual(compoundRows(decodeEcf(encodeEcf(rows, mode))), rows);
        }),
      );
    });
  }

  it('ECF that is cut off is an error, not events', () => {
    const bytes = encodeEcf(
      [
        [1, 2, 3, 1],
        [5, 6, 7, 0],
        [9, 10, 11, 1],
      ],
      'masks',
    );
    for (let length = 0; length < bytes.length; length++) {
      assert.throws(() => decodeEcf(bytes.slice(0, length)), RangeError);
    }
  });

  it('shuffled bytes and bits come back in order', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 0, maxLength: 200 }),
        fc.constantFrom(1, 2, 4, 8),
        (bytes, size) => {
          const elements = Math.floor(bytes.length / size);
          const shuffled = bytes.slice();
          for (let index = 0; index < elements * size; index++) {
            shuffled[(index % size) * elements + Math.floor(index / size)] = bytes[index]!;
          }
          assert.deepEqual(unshuffle(shuffled, size), bytes);
        },
      ),
    );
    // Eight elements of two bytes: the first plane holds bit 0 of every first byte.
    const planes = new Uint8Array(16);
    planes[0] = 0b00000101;
    planes[9] = 0b10000000;
    const values = new Uint16Array(bitUnshuffle(planes, 2).buffer);
    assert.deepEqual([...values], [1, 0, 1, 0, 0, 0, 0, 512]);
  });

  it('blosc shuffles the bits of a block only where its elements are a multiple of eight', () => {
    const none = { block: () => new Uint8Array(0), frame: () => new Uint8Array(0) };
    /** One block of 16-bit numbers, called LZ4 with bit shuffle but stored as it is. */
    const buffer = (block: Uint8Array) => {
      const head = Buffer.alloc(24);
      head.set([2, 1, 0x34, 2]);
      const words = [block.length, block.length, 24 + block.length, 20, block.length];
      head.set(new Uint8Array(Uint32Array.from(words).buffer), 4);
      return decodeBlosc(Buffer.concat([head, block]), { lz4: none, zstd: none });
    };
    const planes = new Uint8Array(16);
    planes[0] = 0b00000101;
    assert.deepEqual([...new Uint16Array(buffer(planes).slice().buffer)], [1, 0, 1, 0, 0, 0, 0, 0]);
    const plain = planes.subarray(0, 14);
    assert.deepEqual([...buffer(plain)], [...plain]);
  });

  it('blosclz and LZF: literals, a match that overlaps itself, and nothing that points outside', () => {
    const literals = [2, 0x61, 0x62, 0x63];
    assert.equal(
      String.fromCharCode(...decodeBlosclz(Uint8Array.of(...literals, 0xa0, 2), 10)),
      'abcabcabca',
    );
    assert.equal(String.fromCharCode(...decodeLzf(Uint8Array.of(...literals, 0xa0, 2), 10)), 'abcabcabca');
    assert.throws(() => decodeBlosclz(Uint8Array.of(...literals, 0xa0, 9), 10), RangeError);
    assert.throws(() => decodeLzf(Uint8Array.of(...literals, 0xa0, 9), 10), RangeError);
  });
});
