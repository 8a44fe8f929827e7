import { allocateEvents, type EventBatch, firstEvents } from '../eventBatch';
import { Evt2Decoder } from '../prophesee/evt2Decoder';
import { Evt3Decoder } from '../prophesee/evt3Decoder';
import { Evt21Decoder } from '../prophesee/evt21Decoder';
import type { WarningLog } from '../warningLog';
import { BATCH_EVENTS, type DecodeCursor, type EventDecoder, type SampleSink } from '../words/eventDecoder';
import { withKernel } from '../words/kernelDecoder';
import { decodeLibcaerWords } from './libcaerWords';

/** One event_camera_msgs/EventPacket. */
export interface EventPacket {
  readonly encoding: string;
  /** Nanoseconds. */
  readonly timeBase: bigint;
  readonly isBigEndian: boolean;
  readonly bytes: Uint8Array;
}

/** Decodes the packets of one topic; what it remembers from packet to packet is in its snapshot. */
export interface PacketDecoder {
  decode(packet: EventPacket, byteOffset: number): EventBatch;
  snapshot(): readonly number[];
}

const WORD_BYTES: Readonly<Record<string, number>> = { evt2: 4, evt21: 8, evt3: 2 };

/** @throws RangeError where the encoding is none of those of formats.md section 8. */
export function packetDecoder(
  encoding: string,
  warnings: WarningLog,
  snapshot: readonly number[],
  sink?: SampleSink,
): PacketDecoder {
  switch (encoding) {
    case 'mono':
      return stateless(decodeMono);
    case 'libcaer':
      return stateless(decodeLibcaer);
    case 'libcaer_cmp':
      return stateless(({ bytes, timeBase }) => decodeLibcaerWords(bytes, microsecondsOf(timeBase)));
    default:
      return wordPackets(wordDecoder(encoding, warnings, sink), WORD_BYTES[encoding] ?? 1, snapshot);
  }
}

function stateless(decode: (packet: EventPacket) => EventBatch): PacketDecoder {
  return { decode, snapshot: () => [] };
}

function wordDecoder(encoding: string, warnings: WarningLog, sink: SampleSink | undefined): EventDecoder {
  switch (encoding) {
    case 'evt3':
      return withKernel('evt3', 2, new Evt3Decoder(warnings, sink));
    case 'evt21':
      return new Evt21Decoder('little', warnings, sink);
    case 'evt2':
      return withKernel('evt2', 4, new Evt2Decoder(warnings, sink));
    default:
      throw new RangeError(`events encoded as "${encoding}" are not read`);
  }
}

/** Sensor words: their state goes on from packet to packet. */
function wordPackets(decoder: EventDecoder, wordBytes: number, snapshot: readonly number[]): PacketDecoder {
  if (snapshot.length > 0) {
    decoder.restore(snapshot);
  }
  return {
    decode: (packet, byteOffset) => decodeWords(decoder, wordsOf(packet, wordBytes), byteOffset),
    snapshot: () => decoder.snapshot(),
  };
}

/** Words in the processor's order, aligned for views of eight bytes. */
function wordsOf({ bytes, isBigEndian }: EventPacket, wordBytes: number): Uint8Array {
  const words = bytes.slice();
  for (let at = 0; isBigEndian && at + wordBytes <= words.length; at += wordBytes) {
    words.subarray(at, at + wordBytes).reverse();
  }
  return words;
}

/** Filled by every packet in turn; what a packet gives is copied out of it. */
const scratch = allocateEvents(BATCH_EVENTS);

function decodeWords(decoder: EventDecoder, bytes: Uint8Array, fileOffset: number): EventBatch {
  const parts: EventBatch[] = [];
  const cursor: DecodeCursor = {
    bytes,
    position: 0,
    fileOffset,
    target: scratch,
    count: 0,
    need: 0,
    ended: false,
  };
  for (let before = -1; before < cursor.position && !cursor.ended; ) {
    before = cursor.position;
    decoder.decode(cursor);
    parts.push(copyOf(firstEvents(scratch, cursor.count)));
    cursor.count = 0;
  }
  return parts.length === 1 ? parts[0]! : joined(parts);
}

function copyOf({ t, x, y, polarity }: EventBatch): EventBatch {
  return { t: t.slice(), x: x.slice(), y: y.slice(), polarity: polarity.slice() };
}

function joined(parts: readonly EventBatch[]): EventBatch {
  const all = allocateEvents(parts.reduce((sum, { t }) => sum + t.length, 0));
  let at = 0;
  for (const part of parts) {
    all.t.set(part.t, at);
    all.x.set(part.x, at);
    all.y.set(part.y, at);
    all.polarity.set(part.polarity, at);
    at += part.t.length;
  }
  return all;
}

/** Nanoseconds as whole µs, rounded down. */
function microsecondsOf(nanoseconds: bigint): number {
  return Number(nanoseconds / 1000n);
}

const EVENT_BYTES = 8;

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** 64-bit words: bit 63 polarity, 62:48 y, 47:32 x, 31:0 ns after the time base. */
function decodeMono({ bytes, timeBase }: EventPacket): EventBatch {
  const events = allocateEvents(Math.floor(bytes.length / EVENT_BYTES));
  const view = viewOf(bytes);
  const base = microsecondsOf(timeBase);
  const rest = Number(timeBase % 1000n);
  for (let index = 0; index < events.t.length; index++) {
    const at = index * EVENT_BYTES;
    const high = view.getUint16(at + 6, true);
    events.t[index] = base + Math.floor((rest + view.getUint32(at, true)) / 1000);
    events.x[index] = view.getUint16(at + 4, true);
    events.y[index] = high & 0x7fff;
    events.polarity[index] = high >> 15;
  }
  return events;
}

const LIBCAER_WRAP = 2 ** 31;

/** libcaer's polarity events: u32 (polarity bit 1, y 16:2, x 31:17), i32 µs that wrap after 2^31. */
function decodeLibcaer({ bytes, timeBase }: EventPacket): EventBatch {
  const events = allocateEvents(Math.floor(bytes.length / EVENT_BYTES));
  const view = viewOf(bytes);
  let base = microsecondsOf(timeBase);
  let last = 0;
  for (let index = 0; index < events.t.length; index++) {
    const data = view.getUint32(index * EVENT_BYTES, true);
    const time = view.getInt32(index * EVENT_BYTES + 4, true);
    base += time < last ? LIBCAER_WRAP : 0;
    last = time;
    events.t[index] = base + time;
    events.x[index] = data >>> 17;
    events.y[index] = (data >>> 2) & 0x7fff;
    events.polarity[index] = (data >>> 1) & 1;
  }
  return events;
}
