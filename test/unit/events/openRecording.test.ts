import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SpikeBridgeError } from '../../../engine/errors';
import { openFileSource } from '../../../engine/events/fileSource';
import { memorySource } from '../../../engine/events/memorySource';
import { openRecording, recogniseRecording } from '../../../engine/events/openRecording';
import { openRecordingFile } from '../../../engine/events/openRecordingFile';
import type { RecordingCodec } from '../../../engine/events/recording';
import { decodeBytes, type EventRow, openBytes } from '../../tools/recordings';
import { encodeAtis, encodeDat } from '../../tools/wordEncoders';

const text = (value: string) => new TextEncoder().encode(value);
const ROWS: readonly EventRow[] = [
  [1, 2, 3, 1],
  [5, 639, 479, 0],
];

describe('openRecording', () => {
  it('says what a file is when it is no recording', async () => {
    const cases: [string | number[], RegExp][] = [
      [[], /empty file/],
      ['\x89PNG\r\n\x1a\n', /PNG image/],
      [[0xff, 0xd8, 0xff, 0xe0], /JPEG/],
      ['%PDF-1.7\n', /PDF/],
      [[0x1f, 0x8b, 8, 0], /gzip/],
      [[0x80, 4, 0x7d, 0x2e], /pickle/],
      ['{"a": 1}', /JSON/],
      ['Dear reader, this is a letter.\nYours\n', /text file/],
      [new Array(100).fill(0), /zero bytes/],
      ['\xff\xfet\0,\0x\0', /text in UTF-16/],
      ['#!AER-DAT2.0', /ends inside its first line/],
      [`t,x,y,p\n${'1'.repeat(991)}\n`, /text file/],
      [new Array(100).fill(255), /unknown format/],
      [[3, 200, 17, 255, 0, 0, 9, 130, 7], /unknown format/],
    ];
    for (const [content, reason] of cases) {
      const bytes = Uint8Array.from(
        typeof content === 'string' ? [...content].map((c) => c.charCodeAt(0)) : content,
      );
      await assert.rejects(openBytes(bytes, {}, 'some.file'), (error) => {
        assert.ok(error instanceof SpikeBridgeError);
        assert.equal(error.category, 'data');
        assert.equal(error.place.file, 'some.file');
        assert.match(error.message, reason);
        return true;
      });
    }
  });

  it('prefers a codec that is certain to earlier ones to which the values are likely', async () => {
    const codec = (confidence: 'certain' | 'likely' | undefined) =>
      ({ recognise: async () => confidence && { how: '', confidence } }) as unknown as RecordingCodec;
    const [none, likely, otherLikely, certain] = [undefined, 'likely', 'likely', 'certain'].map(
      (confidence) => codec(confidence as 'certain'),
    ) as [RecordingCodec, RecordingCodec, RecordingCodec, RecordingCodec];
    const source = memorySource(text('x'), 'x');
    assert.equal((await recogniseRecording(source, [none, likely, certain])).codec, certain);
    assert.equal((await recogniseRecording(source, [none, likely, otherLikely])).codec, likely);
    await assert.rejects(recogniseRecording(source, [none]), SpikeBridgeError);
  });

  it('closes the source when the file is refused', async () => {
    let closed = 0;
    const source = { ...memorySource(text('a text'), 'x'), close: async () => void closed++ };
    await assert.rejects(openRecording(source));
    assert.equal(closed, 1);
  });

  it('transposes first, then flips the new axes, and inverts polarity', async () => {
    const bytes = encodeDat(ROWS, 2);
    const flipped = await decodeBytes(bytes, { flipX: true, flipY: true, invertPolarity: true });
    assert.deepEqual(flipped.rows, [
      [1, 637, 476, 0],
      [5, 0, 0, 1],
    ]);
    const turned = await decodeBytes(bytes, { transpose: true, flipX: true });
    assert.deepEqual(turned.info.size?.value, { width: 480, height: 640 });
    assert.deepEqual(turned.rows, [
      [1, 476, 2, 1],
      [5, 0, 639, 0],
    ]);
  });

  it('asks for a size before it flips a picture whose size nothing tells', async () => {
    const bytes = encodeAtis(ROWS.slice(0, 1));
    await assert.rejects(openBytes(bytes, { flipX: true }, 'a.bin'), /size/);
    const { rows, info } = await decodeBytes(
      bytes,
      { flipX: true, size: { width: 34, height: 34 } },
      'a.bin',
    );
    assert.deepEqual(rows, [[1, 31, 3, 1]]);
    assert.equal(info.size?.how, 'set by the user');
  });

  it('leaves out events outside the size that the user set, wherever they are', async () => {
    const rows: EventRow[] = Array.from({ length: 1003 }, (_, index) => [
      index,
      index % 7 === 0 ? 300 : 20,
      10,
      1,
    ]);
    const { rows: kept, warnings } = await decodeBytes(encodeDat(rows, 2), {
      size: { width: 100, height: 100 },
    });
    assert.deepEqual(
      kept,
      rows.filter(([, x]) => x < 100),
    );
    assert.equal(warnings[0]?.count, 144);
  });
});

describe('a file as a source', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'source-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('reads any place, fewer bytes at the end and none behind it', async () => {
    const bytes = Uint8Array.from({ length: 600_000 }, (_, index) => (index * 31) & 0xff);
    const file = path.join(folder, 'bytes');
    await writeFile(file, bytes);
    const source = await openFileSource(file);
    for (const [offset, length] of [
      [0, 10],
      [5, 300_000],
      [299_990, 100],
      [599_990, 100],
      [600_000, 5],
      [700_000, 5],
    ] as const) {
      assert.deepEqual(await source.read(offset, length), bytes.subarray(offset, offset + length));
    }
    await source.close();
  });

  it('gives a typed error for a folder and for a missing file', async () => {
    await assert.rejects(openRecordingFile(folder), SpikeBridgeError);
    await assert.rejects(openRecordingFile(path.join(folder, 'none')), /ENOENT/);
  });
});
