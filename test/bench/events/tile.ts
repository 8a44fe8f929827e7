import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** Makes a long recording out of a short one: its words again and again, with timestamps that go on. */

/** A short recording and how its words are moved in time. */
interface Tiling {
  readonly file: string;
  /** First byte of the words. */
  readonly begin: (bytes: Buffer) => number;
  /** Events of one tile. */
  readonly events: number;
  /** A copy of the words, moved by `tile` durations. */
  readonly moved: (words: Buffer, tile: number) => Buffer;
}

const behind = (text: string) => (bytes: Buffer) => bytes.indexOf(text) + text.length;

/** Adds to every 32-bit word at a stride of bytes. */
function addEvery(words: Buffer, first: number, stride: number, by: number, bigEndian: boolean): Buffer {
  const moved = Buffer.from(words);
  for (let offset = first; offset + 4 <= moved.length; offset += stride) {
    if (bigEndian) {
      moved.writeUInt32BE((moved.readUInt32BE(offset) + by) % 2 ** 32, offset);
    } else {
      moved.writeUInt32LE((moved.readUInt32LE(offset) + by) % 2 ** 32, offset);
    }
  }
  return moved;
}

function moveEvt2(words: Buffer, high: number): Buffer {
  const moved = Buffer.from(words);
  for (let offset = 0; offset + 4 <= moved.length; offset += 4) {
    const word = moved.readUInt32LE(offset);
    if (word >>> 28 === 8) {
      moved.writeUInt32LE((0x80000000 + ((word + high) & 0xfffffff)) >>> 0, offset);
    }
  }
  return moved;
}

function moveEvt21(words: Buffer, high: number): Buffer {
  const moved = Buffer.from(words);
  for (let offset = 4; offset + 4 <= moved.length; offset += 8) {
    const word = moved.readUInt32LE(offset);
    if (word >>> 28 === 8) {
      moved.writeUInt32LE((0x80000000 + ((word + high) & 0xfffffff)) >>> 0, offset);
    }
  }
  return moved;
}

function moveEvt3(words: Buffer, high: number): Buffer {
  const moved = Buffer.from(words);
  for (let offset = 0; offset + 2 <= moved.length; offset += 2) {
    const word = moved.readUInt16LE(offset);
    if (word >>> 12 === 8) {
      moved.writeUInt16LE(0x8000 | ((word + high) & 0xfff), offset);
    }
  }
  return moved;
}

/** ATIS times have 23 bits: overflow markers carry them on. */
function moveAtis(words: Buffer, tile: number): Buffer {
  const markers = Buffer.alloc(tile === 0 ? 0 : 37 * 5);
  for (let offset = 1; offset < markers.length; offset += 5) {
    markers[offset] = 240;
  }
  return Buffer.concat([markers, words]);
}

/** AEDAT 3.1: the times of polarity and special packets. */
function moveAedat3(words: Buffer, by: number): Buffer {
  const moved = Buffer.from(words);
  for (let offset = 0; offset + 28 <= moved.length; ) {
    const [size, capacity, number] = [4, 16, 20].map((at) => moved.readInt32LE(offset + at)) as [
      number,
      number,
      number,
    ];
    for (let event = 0; event < number; event++) {
      const at = offset + 28 + event * size + 4;
      moved.writeInt32LE(moved.readInt32LE(at) + by, at);
    }
    offset += 28 + capacity * size;
  }
  return moved;
}

/** Real recordings by format, relative to the folder of recordings. */
export const TILINGS: Readonly<Record<string, Tiling>> = {
  evt2: {
    file: 'evt2/faery_evt2.raw',
    begin: behind('% evt 2.0\n'),
    events: 521_252,
    moved: (words, tile) => moveEvt2(words, tile * 1500),
  },
  evt21: {
    file: 'derived/evt21_little.raw',
    begin: behind('% end\n'),
    events: 100_000,
    moved: (words, tile) => moveEvt21(words, tile * 192),
  },
  evt3: {
    file: 'evt3/expelliarmus_evt3_sample.raw',
    begin: behind('% system_ID 48\n'),
    events: 219_596,
    moved: (words, tile) => moveEvt3(words, tile * 3),
  },
  dat: {
    file: 'derived/cd_v2_640x480.dat',
    begin: (bytes) => behind('% end\n')(bytes) + 2,
    events: 100_000,
    moved: (words, tile) => addEvery(words, 0, 8, tile * 12_200, false),
  },
  atis: {
    file: 'ncaltech101_bin/Faces_easy/faces_easy_0001.bin',
    begin: () => 0,
    events: 67_445,
    moved: moveAtis,
  },
  es: { file: 'es/faery_dvs.es', begin: () => 20, events: 473_225, moved: (words) => words },
  'aedat2-dvs128': {
    file: 'aedat2/jaer_MovingDarkBox.aedat',
    begin: () => 216,
    events: 489_834,
    moved: (words, tile) => addEvery(words, 4, 8, tile * 39_810_100, true),
  },
  'aedat2-davis': {
    file: 'aedat2/PyAedatTools_IMU_translBoxes.aedat',
    begin: () => 175_268,
    events: 162_771,
    moved: (words, tile) => addEvery(words, 4, 8, tile * 2_072_700, true),
  },
  aedat3: {
    file: 'derived/dvs128_gesture1_aedat31.aedat',
    begin: behind('#!END-HEADER\r\n'),
    events: 63_471,
    moved: (words, tile) => moveAedat3(words, tile * 1_450_000),
  },
};

/** What was written. */
export interface Tiled {
  readonly events: number;
  readonly bytes: number;
}

/** Writes a recording of at least so many events or bytes. @throws Error when the short recording cannot be read. */
export async function writeTiled(
  recordings: string,
  format: string,
  out: string,
  least: { readonly events: number; readonly bytes: number },
): Promise<Tiled> {
  const tiling = TILINGS[format];
  if (!tiling) {
    throw new Error(`no tiling for ${format}`);
  }
  const bytes = await readFile(path.join(recordings, tiling.file));
  const begin = tiling.begin(bytes);
  const stream = createWriteStream(out);
  stream.write(bytes.subarray(0, begin));
  let [tile, written] = [0, begin];
  for (; tile * tiling.events < least.events || written < least.bytes; tile++) {
    const words = tiling.moved(bytes.subarray(begin), tile);
    written += words.length;
    if (!stream.write(words)) {
      await once(stream, 'drain');
    }
  }
  stream.end();
  await once(stream, 'close');
  return { events: tile * tiling.events, bytes: written };
}
