import assert from 'node:assert/strict';
import { zipSync } from 'fflate';
import { hdf5Bytes } from '../../tools/containers/hdf5File';
import { matNamed } from '../../tools/containers/matFile';
import { npyFile } from '../../tools/containers/numpyFile';
import { decodeBytes } from '../../tools/recordings';

const numbers = (count: number) => Int32Array.from({ length: count }, (_, index) => index);
const zeros = (count: number) => new Int32Array(count);
const array = (values: Int32Array) =>
  npyFile("'<i4'", `(${values.length},)`, new Uint8Array(values.buffer.slice(0)));
const text = (value: string) => new TextEncoder().encode(value);

async function messages(bytes: Uint8Array): Promise<{ rows: number; text: string }> {
  const { rows, warnings } = await decodeBytes(bytes);
  return { rows: rows.length, text: warnings.map(({ message }) => message).join('\n') };
}

describe('columns of unequal length', () => {
  const expected = {
    rows: 5,
    text: 'the columns are of unequal length (t 10, x 5, y 10, p 8): the first 5 events are read',
  };

  it('are told of HDF5', async () => {
    const bytes = await hdf5Bytes((file) => {
      file.create_dataset({ name: 't', data: numbers(10) });
      file.create_dataset({ name: 'x', data: zeros(5) });
      file.create_dataset({ name: 'y', data: zeros(10) });
      file.create_dataset({ name: 'p', data: zeros(8) });
    });
    assert.deepEqual(await messages(bytes), expected);
  });

  it('are told of NPZ', async () => {
    const bytes = zipSync({
      't.npy': array(numbers(10)),
      'x.npy': array(zeros(5)),
      'y.npy': array(zeros(10)),
      'p.npy': array(zeros(8)),
    });
    assert.deepEqual(await messages(bytes), expected);
  });

  it('are told of MATLAB', async () => {
    const bytes = matNamed({ t: [...numbers(10)], x: [...zeros(5)], y: [...zeros(10)], p: [...zeros(8)] });
    assert.deepEqual(await messages(bytes), expected);
  });
});

describe('polarities that are neither 0 and 1 nor -1 and +1', () => {
  const told = /polarities are neither 0 and 1 nor -1 and \+1.*above 0 .* ON/;

  it('are told of arrays', async () => {
    const columns = { x: [1, 1, 1], y: [1, 1, 1], t: [1, 2, 3] };
    assert.match((await messages(matNamed({ ...columns, p: [-2, 0, 2] }))).text, told);
    assert.equal((await messages(matNamed({ ...columns, p: [-1, 1, -1] }))).text, '');
    assert.equal((await messages(matNamed({ ...columns, p: [0, 1, 1] }))).text, '');
  });

  it('are told of text', async () => {
    const head = 't,x,y,p\n1,1,1,1\n2,1,1,';
    assert.match((await messages(text(`${head}-2\n`))).text, told);
    assert.equal((await messages(text(`${head}-1\n`))).text, '');
    assert.equal((await messages(text(`${head}0\n`))).text, '');
  });
});
