import type { OutlineLabel } from '../../protocol/recordingProtocol';

const NAMES = ['box', 'object'] as const;
const MOST_POINTS = 10_000;

/** Points of one contour and where the next one begins, in 16-bit numbers; undefined where the data end early. */
function readContour(values: Int16Array, start: number) {
  const rows = values[start] ?? 0;
  const columns = values[start + 1] ?? 0;
  const end = start + 2 + rows * columns;
  if (rows !== 2 || columns < 1 || columns > MOST_POINTS || end > values.length) {
    return undefined;
  }
  const points = Array.from(
    { length: columns },
    (_, point) => [values[start + 2 + point * 2]!, values[start + 3 + point * 2]!] as const,
  );
  return { points, end };
}

/**
 * Reads an annotation of N-Caltech101 (formats.md 1): 16-bit little-endian numbers: rows, columns, then the box contour
 * column by column (x and y follow each other), and the same for the object's contour.
 */
export function parseCaltechOutlines(bytes: Uint8Array): OutlineLabel[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = Int16Array.from({ length: Math.floor(bytes.length / 2) }, (_, index) =>
    view.getInt16(index * 2, true),
  );
  const outlines: OutlineLabel[] = [];
  let start = 0;
  for (const name of NAMES) {
    const contour = readContour(values, start);
    if (!contour) {
      break;
    }
    outlines.push({ kind: 'outline', name, points: contour.points });
    start = contour.end;
  }
  return outlines;
}
