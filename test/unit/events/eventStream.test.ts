import assert from 'node:assert/strict';
import { decodeBytes, openBytes } from '../../tools/recordings';
import { ES_TYPES, esHead } from '../../tools/wordEncoders';

const file = (type: number, ...bytes: number[]) => Uint8Array.from([...esHead(type, 320, 240), ...bytes]);

describe('Event Stream', () => {
  it('adds 127 µs for each overflow byte of a DVS, ignores padding and counts rows from below', async () => {
    const { rows, info } = await decodeBytes(
      file(ES_TYPES.dvs, 0xff, 0xfe, 0xff, (3 << 1) | 1, 0x3f, 0x01, 0xef, 0x00, 0, 5, 0, 0, 0),
    );
    assert.deepEqual(rows, [
      [257, 319, 0, 1],
      [257, 5, 239, 0],
    ]);
    assert.deepEqual(info.size?.value, { width: 320, height: 240 });
  });

  it('passes over exposure measurements of an ATIS', async () => {
    const { rows } = await decodeBytes(
      file(
        ES_TYPES.atis,
        0xfd,
        0xff,
        (1 << 2) | 0b10,
        1,
        0,
        0,
        0,
        (1 << 2) | 0b01,
        2,
        0,
        0,
        0,
        0b00,
        3,
        0,
        0,
        0,
      ),
    );
    assert.deepEqual(rows, [
      [63 * 4 + 1, 1, 239, 1],
      [63 * 4 + 2, 3, 239, 0],
    ]);
  });

  it('says where a file ends inside its header', async () => {
    const whole = file(ES_TYPES.dvs);
    for (const length of [12, 14, 19]) {
      await assert.rejects(
        openBytes(whole.slice(0, length)),
        new RegExp(`ends inside its header: it has ${length} of 20 bytes`),
      );
    }
  });

  it('asks for the size where the header has zeros, as rows are counted from below', async () => {
    const bytes = Uint8Array.from([...esHead(ES_TYPES.dvs, 0, 0), 3, 7, 0, 2, 0]);
    await assert.rejects(openBytes(bytes), /sensor of 0 x 0 pixels/);
    const { rows } = await decodeBytes(bytes, { size: { width: 20, height: 10 } });
    assert.deepEqual(rows, [[1, 7, 7, 1]]);
  });

  it('takes all colour events for ON', async () => {
    const { rows } = await decodeBytes(file(ES_TYPES.colour, 0xff, 253, 1, 0, 2, 0, 10, 20, 30));
    assert.deepEqual(rows, [[507, 1, 237, 1]]);
  });

  it('refuses other kinds and versions with their names', async () => {
    await assert.rejects(openBytes(file(0)), /generic byte strings/);
    await assert.rejects(openBytes(file(3)), /AMD/);
    await assert.rejects(openBytes(file(9)), /unknown type/);
    const old = file(1);
    old[12] = 1;
    await assert.rejects(openBytes(old), /version 1\.0\.0/);
    await assert.rejects(openBytes(file(1).subarray(0, 18)), /inside its header/);
    await assert.rejects(openBytes(file(1).subarray(0, 15)), /inside its header/);
  });
});
