import { zipSync } from 'fflate';
import type { EventRow } from '../recordings';
import { ByteWriter } from './bytes';

/** A .npy file with a header of the given description. @param columnwise Fortran order. */
export function npyFile(
  description: string,
  shape: string,
  data: Uint8Array,
  version = 1,
  columnwise = false,
): Uint8Array {
  const order = columnwise ? 'True' : 'False';
  const header = `{'descr': ${description}, 'fortran_order': ${order}, 'shape': ${shape}, }`;
  const prefix = version === 1 ? 10 : 12;
  const length = Math.ceil((prefix + header.length + 1) / 64) * 64 - prefix;
  const writer = new ByteWriter().bytes([0x93]).text('NUMPY').bytes([version, 0]);
  (version === 1 ? writer.u16(length) : writer.u32(length)).text(`${header.padEnd(length - 1)}\n`);
  return writer.bytes(data).done();
}

/** t i8, x u2, y u2, p bool and three bytes of padding. */
export function structuredNpy(rows: readonly EventRow[]): Uint8Array {
  const data = new ByteWriter();
  for (const [t, x, y, polarity] of rows) {
    data.u64(t).u16(x).u16(y).u8(polarity).bytes([1, 2, 3]);
  }
  const description = "[('t', '<i8'), ('x', '<u2'), ('y', '<u2'), ('p', '|b1'), ('', '|V3')]";
  return npyFile(description, `(${rows.length},)`, data.done(), 2);
}

/** N x 4 doubles x, y, t in seconds, polarity -1 and 1. */
export function matrixNpy(rows: readonly EventRow[]): Uint8Array {
  const values = rows.flatMap(([t, x, y, polarity]) => [x, y, t / 1e6, polarity * 2 - 1]);
  return npyFile("'<f8'", `(${rows.length}, 4)`, new Uint8Array(Float64Array.from(values).buffer));
}

function column(description: string, values: ArrayBufferView): Uint8Array {
  const bytes = new Uint8Array(values.buffer);
  const size = Number(description.at(-2));
  return npyFile(description, `(${bytes.length / size},)`, bytes);
}

/** t, x, y and p as arrays of their own. @param level 0 stores them. */
export function npzFile(rows: readonly EventRow[], level: 0 | 6): Uint8Array {
  const of = (index: number) => rows.map((row) => row[index]!);
  return zipSync(
    {
      't.npy': column("'<i8'", BigInt64Array.from(of(0), BigInt)),
      'x.npy': column("'<u2'", Uint16Array.from(of(1))),
      'y.npy': column("'<i2'", Int16Array.from(of(2))),
      'p.npy': column("'|u1'", Uint8Array.from(of(3))),
    },
    { level },
  );
}
