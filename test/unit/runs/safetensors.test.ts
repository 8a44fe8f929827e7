import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SpikeBridgeError } from '../../../engine/errors';
import { decodeSafetensors, encodeSafetensors } from '../../../engine/runs/safetensors';

const tensors = fc.dictionary(
  fc.stringMatching(/^[a-z][a-z0-9._/]{0,12}$/),
  fc.array(fc.float({ noNaN: true }), { maxLength: 20 }),
  { maxKeys: 5, noNullPrototype: true },
);

function encode(contents: Record<string, number[]>): Buffer {
  const entries = Object.entries(contents).map(
    ([name, values]) => [name, { shape: [values.length], values: Float32Array.from(values) }] as const,
  );
  return Buffer.from(encodeSafetensors(new Map(entries), { iteration: '7' }));
}

describe('safetensors', () => {
  it('round trip', () => {
    fc.assert(
      fc.property(tensors, (contents) => {
        const { tensors: read, metadata } = decodeSafetensors(encode(contents), 'x');
        assert.equal(metadata.iteration, '7');
        assert.deepEqual([...read.keys()], Object.keys(contents));
        for (const [name, values] of Object.entries(contents)) {
          assert.deepEqual(read.get(name)!.values, Float32Array.from(values));
        }
      }),
      { seed: 3 },
    );
  });

  it('starts its data on a multiple of 8 bytes, as other readers expect', () => {
    const bytes = encode({ a: [1, 2], bcd: [3] });
    assert.equal(Number(bytes.readBigUInt64LE(0)) % 8, 0);
  });

  /** A file of one tensor `a` with the given bytes. */
  function fileOf(dtype: string, shape: number[], values: Buffer): Buffer {
    const entry = { a: { dtype, shape, data_offsets: [0, values.length] } };
    const header = Buffer.from(JSON.stringify(entry));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    return Buffer.concat([length, header, values]);
  }

  it('reads every number format as float32', () => {
    const formats: [string, ArrayBufferView, number[]][] = [
      ['I64', BigInt64Array.of(5n, -3n), [5, -3]],
      ['F64', Float64Array.of(0.25, -3), [0.25, -3]],
      ['F16', Uint16Array.of(0x3400, 0xc200), [0.25, -3]],
      ['BF16', Uint16Array.of(0x3e80, 0xc040), [0.25, -3]],
      ['U8', Uint8Array.of(5, 3), [5, 3]],
      ['BOOL', Uint8Array.of(1, 0), [1, 0]],
    ];
    for (const [dtype, values, expected] of formats) {
      const bytes = fileOf(dtype, [2], Buffer.from(values.buffer));
      assert.deepEqual([...decodeSafetensors(bytes, 'x').tensors.get('a')!.values], expected, dtype);
    }
    assert.throws(() => decodeSafetensors(fileOf('F8_E4M3', [2], Buffer.alloc(2)), 'x'), /type F8_E4M3/);
  });

  it('damaged files give a typed error or the same tensors, never a crash', () => {
    const whole = encode({ 'feature.0.conv.weight': [1, 2, 3], 'dvs_fc.1.bias': [4] });
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(damage, fc.nat(whole.length), (changes, cut) => {
        const bytes = Buffer.from(whole.subarray(0, cut));
        for (const [position, value] of changes.filter(([at]) => at < cut)) {
          bytes[position] = value;
        }
        try {
          decodeSafetensors(bytes, 'x');
        } catch (error) {
          assert.ok(error instanceof SpikeBridgeError && error.category === 'checkpoint', String(error));
        }
      }),
      { seed: 4, numRuns: 2000 },
    );
  });
});
