import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Evt3Words } from '../../../../engine/events/writers/evt3Words';
import { batchOf, type EventRow } from '../eventRows';
import { evt3Rows } from './byteReader';

function wordsOf(...parts: (readonly EventRow[])[]): number[] {
  const encoder = new Evt3Words();
  return parts.flatMap((rows) => [...encoder.encode(batchOf(rows))]);
}

function line(length: number, x = 100): EventRow[] {
  return Array.from({ length }, (_, step): EventRow => [5000, x + step, 7, 1]);
}

describe('Evt3Words', () => {
  it('writes time, row and column, and each only when it changes', () => {
    const words = wordsOf([
      [5000, 3, 7, 0],
      [5000, 9, 7, 1],
      [5001, 9, 7, 1],
      [8192, 9, 8, 1],
    ]);
    assert.deepEqual(
      words.map((word) => word.toString(16).padStart(4, '0')),
      ['8001', '6388', '0007', '2003', '2809', '6389', '2809', '8002', '6000', '0008', '2809'],
    );
  });

  it('takes a vector for five events and more, over a base and three words', () => {
    assert.deepEqual(wordsOf(line(4)).length, 3 + 4);
    assert.deepEqual(wordsOf(line(5)).slice(3), [0x3800 | 100, 0x401f, 0x4000, 0x5000]);
    assert.deepEqual(wordsOf(line(32)).slice(3), [0x3800 | 100, 0x4fff, 0x4fff, 0x50ff]);
    assert.deepEqual(
      wordsOf(line(36)).slice(7),
      [0x400f, 0x4000, 0x5000],
      'the base has moved on by 32 pixels',
    );
  });

  it('does not rely on a vector base behind an ADDR_X: readers differ', () => {
    const words = wordsOf([...line(5), [5000, 90, 7, 0], ...line(5, 132)]);
    assert.deepEqual(words.slice(7), [0x2000 | 90, 0x3800 | 132, 0x401f, 0x4000, 0x5000]);
  });

  it('counts every wrap of the high time, from 0 and through long gaps', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2 ** 27), { minLength: 1, maxLength: 12 }), (gaps) => {
        let time = 0;
        const rows = gaps.map((gap): EventRow => {
          time += gap;
          return [time, 1, 1, 1];
        });
        assert.deepEqual(evt3Rows(wordsOf(...rows.map((row) => [row]))), rows);
        assert.deepEqual(evt3Rows(wordsOf(rows)), rows);
      }),
      { seed: 53 },
    );
  });
});
