import type { EventBatch } from '../eventBatch';
import type { EventPage } from '../eventPages';
import { wordKernels } from '../words/wordKernels';
import { FlatTable } from './flatTable';
import type { Payload } from './packets';

const EVENT_BYTES = 16;

/** Where the events of a packet stand. */
export interface EventVector {
  readonly bytes: Uint8Array;
  readonly first: number;
  readonly count: number;
}

/**
 * The events of one EVTS packet. Struct of 16 bytes: i64 t (µs), i16 x, i16 y, u8 polarity, 3 bytes of padding;
 * upper-left origin, 1 = ON (formats.md section 4).
 * @throws RangeError where the flatbuffer is damaged.
 */
export function eventVector({ bytes }: Payload): EventVector {
  return { bytes, ...FlatTable.root(bytes).vector(0, EVENT_BYTES) };
}

/** The events of one packet as a page on their memory. */
export function eventPage(vector: EventVector, next: number, progress: number): EventPage {
  return {
    count: vector.count,
    next,
    progress,
    copy: (first, count, batch, at) => copyEvents(vector, first, count, batch, at),
  };
}

/** Copies `count` events from event `first` of a packet on into `batch` from index `at` on. */
export function copyEvents(
  vector: EventVector,
  first: number,
  count: number,
  batch: EventBatch,
  at: number,
): void {
  const kernels = wordKernels();
  if (!kernels) {
    copyByScript(vector, first, count, batch, at);
    return;
  }
  const most = Math.min(kernels.capacity, Math.floor(kernels.words.length / EVENT_BYTES));
  for (let done = 0; done < count; done += most) {
    const some = Math.min(most, count - done);
    const begin = vector.first + (first + done) * EVENT_BYTES;
    kernels.words.set(vector.bytes.subarray(begin, begin + some * EVENT_BYTES));
    kernels.decode('aedat4', 0, some * EVENT_BYTES, some, batch, at + done);
  }
}

/** What {@link copyEvents} does where there are no kernels. */
export function copyByScript(
  { bytes, first: begin }: EventVector,
  first: number,
  count: number,
  { t, x, y, polarity }: EventBatch,
  at: number,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + begin);
  for (let event = 0; event < count; event++) {
    const place = (first + event) * EVENT_BYTES;
    t[at + event] = view.getInt32(place + 4, true) * 2 ** 32 + view.getUint32(place, true);
    x[at + event] = view.getUint16(place + 8, true);
    y[at + event] = view.getUint16(place + 10, true);
    polarity[at + event] = view.getUint8(place + 12) & 1;
  }
}
