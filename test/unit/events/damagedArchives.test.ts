import assert from 'node:assert/strict';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { crc32, joinedCrc32 } from '../../../engine/events/compression/crc32';
import { npyFile } from '../../tools/containers/numpyFile';
import { decodeBytes, type EventRow } from '../../tools/recordings';
import { realisticEvents } from './variants/realisticEvents';

const ROWS = realisticEvents(1_000_000);
const MEMBERS = ['t', 'x', 'y', 'p'].map((name, column) => {
  const values = BigInt64Array.from(ROWS, (row) => BigInt(row[column]!));
  return [`${name}.npy`, npyFile("'<i8'", `(${ROWS.length},)`, new Uint8Array(values.buffer))] as const;
});

function archive(level: 0 | 6): Uint8Array {
  return zipSync(Object.fromEntries(MEMBERS), { level });
}

/** Byte of a member's directory entry or local header. */
function placeOf(bytes: Uint8Array, name: string, which: 'local' | 'directory'): number {
  const text = Buffer.from(bytes).toString('latin1');
  const nameAt = which === 'local' ? text.indexOf(name) : text.lastIndexOf(name);
  return nameAt - (which === 'local' ? 30 : 46);
}

async function warningsOf(bytes: Uint8Array): Promise<readonly { message: string; byteOffset?: number }[]> {
  return (await decodeBytes(bytes, {}, 'a.npz')).warnings;
}

describe('NumPy archives with damage', () => {
  it('are told from sound ones, which give no warning', async () => {
    for (const level of [0, 6] as const) {
      assert.deepEqual(await warningsOf(archive(level)), []);
    }
  });

  it('name the member whose stored values changed, and where it begins', async () => {
    const bytes = archive(0);
    const local = placeOf(bytes, 'y.npy', 'local');
    // The lowest byte of a row's number.
    bytes[local + 30 + 'y.npy'.length + 128 + 8 * 300]! ^= 1;
    const { rows, warnings } = await decodeBytes(bytes, {}, 'a.npz');
    assert.equal(rows.length, ROWS.length);
    const [warning, ...others] = warnings;
    assert.match(warning!.message, /^y\.npy is damaged: its checksum \(CRC-32\) does not fit/);
    assert.equal(warning!.byteOffset, local + 30 + 'y.npy'.length);
    assert.deepEqual(others, []);
  });

  it('name the member whose unpacked values do not fit their checksum', async () => {
    const bytes = archive(6);
    bytes[placeOf(bytes, 'p.npy', 'directory') + 16]! ^= 1;
    assert.match((await warningsOf(bytes))[0]!.message, /^p\.npy is damaged/);
  });

  it('are checked in one array too, however its numbers lie', async () => {
    const columns = Int32Array.from([0, 1, 2, 3].flatMap((column) => ROWS.map((row) => row[column]!)));
    const values = new Uint8Array(columns.buffer);
    const array = npyFile("'<i4'", `(${ROWS.length}, 4)`, values, 1, true);
    const bytes = zipSync({ 'events.npy': array }, { level: 0 });
    assert.deepEqual(await warningsOf(bytes), []);
    bytes[array.length - 20]! ^= 1;
    assert.match((await warningsOf(bytes))[0]!.message, /^events\.npy is damaged/);
  });

  it('give all complete events before the place where a member cannot be unpacked, and name both', async () => {
    const rows = Array.from(
      { length: 100_000 },
      (_, index): EventRow => [index * 3, index % 199, (index * 7) % 97, index % 2],
    );
    const values = Int32Array.from(rows.flat());
    const array = npyFile("'<i4'", `(${rows.length}, 4)`, new Uint8Array(values.buffer));
    const bytes = zipSync({ 'events.npy': array }, { level: 6 });
    const place = Math.floor(bytes.length / 2);
    // A block of a type that does not exist ends every decoder; noise makes one soon.
    bytes.fill(0xff, place, place + 200);
    const { rows: read, warnings } = await decodeBytes(bytes, {}, 'a.npz');
    assert.ok(read.length > 10_000 && read.length < rows.length, `${read.length} events`);
    const sound = read.slice(0, 10_000);
    assert.deepEqual(sound, rows.slice(0, sound.length));
    const ending = warnings.find(({ message }) =>
      /^events\.npy ends early: it cannot be unpacked/.test(message),
    );
    assert.ok(ending?.byteOffset && ending.byteOffset < bytes.length, JSON.stringify(warnings));
    assert.ok(warnings.some(({ message }) => /the data end at row \d+ of 100000/.test(message)));
  });
});

describe('crc32', () => {
  const bytesOf = fc.uint8Array({ maxLength: 100 });

  it('gives the check value of the standard', () => {
    assert.equal(crc32(new TextEncoder().encode('123456789')), 0xcbf43926);
  });

  it('is the same in pieces, one behind the other or joined', () => {
    fc.assert(
      fc.property(bytesOf, bytesOf, (one, other) => {
        const whole = crc32(Uint8Array.of(...one, ...other));
        assert.equal(crc32(other, crc32(one)), whole);
        assert.equal(joinedCrc32(crc32(one), crc32(other), other.length), whole);
      }),
    );
  });
});
