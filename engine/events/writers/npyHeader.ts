const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];
const ALIGNMENT = 64;
/** Room for the largest number of rows, so that the header keeps its length when it is written again. */
const ROW_DIGITS = 16;

/**
 * Header of a .npy file of version 1.0, always of the same length for the same `descr` (formats.md 10).
 * @param descr Python literal of the element's type: `'<f8'` with quotes, or a list of fields.
 * @param rows length of the only axis.
 */
export function npyHeader(descr: string, rows: number): Uint8Array {
  const shape = `(${rows},)`.padEnd(ROW_DIGITS + 3);
  const dictionary = `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }`;
  const unpadded = MAGIC.length + 2 + dictionary.length + 1;
  const total = Math.ceil(unpadded / ALIGNMENT) * ALIGNMENT;
  const text = `${dictionary.padEnd(dictionary.length + total - unpadded)}\n`;
  const bytes = new Uint8Array(total);
  bytes.set(MAGIC);
  new DataView(bytes.buffer).setUint16(MAGIC.length, text.length, true);
  bytes.set(new TextEncoder().encode(text), MAGIC.length + 2);
  return bytes;
}
