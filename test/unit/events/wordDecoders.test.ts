import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Aedat3Decoder } from '../../../engine/events/aedat/aedat3Decoder';
import { DavisDecoder } from '../../../engine/events/aedat/davisDecoder';
import { Dvs128Decoder } from '../../../engine/events/aedat/dvs128Decoder';
import { AtisDecoder } from '../../../engine/events/atis/atisDecoder';
import { allocateEvents, firstEvents } from '../../../engine/events/eventBatch';
import { EsAtisDecoder, EsColourDecoder, EsDvsDecoder } from '../../../engine/events/eventStream/esDecoder';
import { memorySource } from '../../../engine/events/memorySource';
import { openRecording } from '../../../engine/events/openRecording';
import { DatDecoder } from '../../../engine/events/prophesee/datDecoder';
import { Evt2Decoder } from '../../../engine/events/prophesee/evt2Decoder';
import { Evt3Decoder } from '../../../engine/events/prophesee/evt3Decoder';
import { Evt21Decoder } from '../../../engine/events/prophesee/evt21Decoder';
import { WarningLog } from '../../../engine/events/warningLog';
import { BATCH_EVENTS, type EventDecoder } from '../../../engine/events/words/eventDecoder';
import { type EventRow, readEvents, rowsOf } from '../../tools/recordings';
import { eventRows, manyRows, WORD_FORMATS } from '../../tools/wordFormats';

const log = new WarningLog();
const DECODERS: Readonly<Record<string, () => EventDecoder>> = {
  'ATIS 40-bit': () => new AtisDecoder(),
  'AEDAT 1.0': () => new Dvs128Decoder(6),
  'AEDAT 2.0 of a DVS128': () => new Dvs128Decoder(8),
  'AEDAT 2.0 of a DAVIS240': () => new DavisDecoder({ width: 240, height: 180 }),
  'AEDAT 3.1': () => new Aedat3Decoder(undefined, log),
  EVT2: () => new Evt2Decoder(log),
  'EVT2.1 little endian': () => new Evt21Decoder('little', log),
  'EVT2.1 legacy byte order': () => new Evt21Decoder('legacy', log),
  EVT3: () => new Evt3Decoder(log),
  'DAT version 1': () => new DatDecoder(1),
  'DAT version 2': () => new DatDecoder(2),
  'Event Stream of a DVS': () => new EsDvsDecoder(480),
  'Event Stream of an ATIS': () => new EsAtisDecoder(480),
  'Event Stream with colours': () => new EsColourDecoder(480),
};

/** Decodes block by block, each by a new decoder that knows only the snapshot of the one before. */
function decodeInBlocks(
  create: () => EventDecoder,
  words: Uint8Array,
  blocks: readonly number[],
): EventRow[] {
  const target = allocateEvents(BATCH_EVENTS);
  let snapshot: number[] | undefined;
  let count = 0;
  let offset = 0;
  for (let step = 0; offset < words.length; step++) {
    const decoder = create();
    if (snapshot) {
      decoder.restore(snapshot);
    }
    const bytes = words.slice(offset, offset + blocks[step % blocks.length]!);
    const cursor = { bytes, position: 0, fileOffset: offset, target, count, need: 0, ended: false };
    decoder.decode(cursor);
    assert.ok(cursor.position > 0, 'a block of many words moves on');
    count = cursor.count;
    offset += cursor.position;
    snapshot = JSON.parse(JSON.stringify(decoder.snapshot()));
  }
  return rowsOf(firstEvents(target, count));
}

describe('decoders of word formats', () => {
  const blocks = fc.array(fc.integer({ min: 40, max: 200 }), { minLength: 1, maxLength: 5 });

  for (const format of WORD_FORMATS) {
    it(`${format.name}: a new decoder with the snapshot goes on at any end of a block`, () => {
      fc.assert(
        fc.property(eventRows(format), blocks, (rows, sizes) => {
          const words = format.encode(rows).subarray(format.encode([]).length);
          assert.deepEqual(decodeInBlocks(DECODERS[format.name]!, words, sizes), rows);
        }),
        { numRuns: 30 },
      );
    });

    it(`${format.name}: a source that gives odd amounts of bytes changes nothing`, async () => {
      const rows = manyRows(format, 5000);
      const bytes = format.encode(rows);
      const whole = memorySource(bytes, 'events.bin');
      let most = bytes.length;
      const recording = await openRecording({
        ...whole,
        read: (offset, length) => whole.read(offset, Math.min(length, most)),
      });
      for (most of [41, 1021, 4099]) {
        assert.deepEqual((await readEvents(recording)).rows, rows);
      }
    });
  }
});
