import { matColumns, matMatrix, matNamed, matStruct } from '../../../tools/containers/matFile';
import type { EventRow } from '../../../tools/recordings';
import { realisticEvents } from './realisticEvents';
import { describeVariants, joined, text } from './variant';

const ROWS = realisticEvents(1_000_000);
const of = (index: number) => ROWS.map((row) => row[index]!);
const signed = of(3).map((each) => each * 2 - 1);
const u32 = (value: number) => [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24];

describeVariants('MATLAB', [
  { name: 'ASL-DVS: ts, x, y, pol', rows: ROWS, bytes: () => matColumns(ROWS, true) },
  {
    name: 'CEP-DVS: x, y, ts, p with p -1 and 1',
    rows: ROWS,
    bytes: () => matNamed({ x: of(1), y: of(2), ts: of(0), p: signed }),
  },
  {
    name: 'names in capitals',
    rows: ROWS,
    bytes: () => matNamed({ X: of(1), Y: of(2), T: of(0), P: of(3) }),
  },
  {
    name: 'row vectors in seconds',
    rows: ROWS,
    bytes: () => matNamed({ x: of(1), y: of(2), t: of(0).map((t) => t / 1e6), p: of(3) }, true),
  },
  { name: 'a struct of iniVation', rows: ROWS, bytes: () => matStruct(ROWS) },
  { name: 'a matrix of t, x, y, p', rows: ROWS, bytes: () => matMatrix('events', ROWS) },
  {
    name: 'a matrix of x, y, t (s), p -1 and 1',
    rows: ROWS,
    bytes: () =>
      matMatrix(
        'data',
        ROWS.map(([t, x, y, p]): EventRow => [x, y, t / 1e6, p * 2 - 1]),
      ),
  },
  {
    name: 'level 4 by name',
    refused: /MATLAB file of level 4/,
    bytes: () => joined(u32(0), u32(3), u32(1), u32(0), u32(2), text('x\0'), new Uint8Array(24)),
  },
]);
