import type { ByteSource } from '../byteSource';
import type { FormatId } from '../formats';
import type { Found } from '../recording';

const PROBE_BYTES = 1 << 16;
const TIME_HIGH = 0x8;
/** Share of the words that must make sense; EVT words of one format read as another fall far below. */
const LEAST_SHARE = 0.99;

interface WordShape {
  readonly format: FormatId;
  readonly bytes: 2 | 4;
  /** Known types, the upper four bits of a word. */
  readonly types: readonly number[];
  /** Types that are events by themselves. */
  readonly events: readonly number[];
  /** Bits of TIME_HIGH, and the largest fall that is no wrap. */
  readonly highBits: number;
}

const SHAPES: readonly WordShape[] = [
  {
    format: 'evt3',
    bytes: 2,
    types: [0x0, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0xa, 0xe, 0xf],
    events: [0x2, 0x4, 0x5],
    highBits: 12,
  },
  { format: 'evt2', bytes: 4, types: [0x0, 0x1, 0x8, 0xa, 0xe, 0xf], events: [0x0, 0x1], highBits: 28 },
];

/** Words as [type, the bits of TIME_HIGH]. */
function* wordsOf(view: DataView, { bytes, highBits }: WordShape): Generator<[type: number, time: number]> {
  for (let offset = 0; offset + bytes <= view.byteLength; offset += bytes) {
    const word = bytes === 2 ? view.getUint16(offset, true) : view.getUint32(offset, true);
    yield [word >>> (bytes * 8 - 4), word & (2 ** highBits - 1)];
  }
}

/** Whether nearly all words are of known types, with times that run forwards and events between them. */
function fits(view: DataView, shape: WordShape): boolean {
  const wrap = 2 ** (shape.highBits - 1);
  let [high, words, good, events] = [-1, 0, 0, 0];
  for (const [type, time] of wordsOf(view, shape)) {
    const fall = type === TIME_HIGH ? high - time : 0;
    high = type === TIME_HIGH ? time : high;
    good += Number(shape.types.includes(type) && (fall <= 0 || fall >= wrap));
    events += Number(shape.events.includes(type) && high >= 0);
    words++;
  }
  return events > 0 && good / words >= LEAST_SHARE;
}

/**
 * The format of EVT words without header lines, as some recorders leave them. Only files named .raw are looked at, and
 * EVT2.1 is not told apart: its two byte orders fit too much else.
 */
export async function headerlessWords(source: ByteSource): Promise<Found<FormatId> | undefined> {
  if (!/\.raw$/i.test(source.name)) {
    return undefined;
  }
  const bytes = await source.read(0, PROBE_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = SHAPES.find((each) => fits(view, each));
  return shape && { value: shape.format, how: 'no header: the words make sense in this format only' };
}
