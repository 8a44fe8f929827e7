import { type EventPage, pageOf, type ReadPage } from '../eventPages';
import { copyEvents, type EventVector, eventPage, eventVector } from './eventPacket';
import { type Aedat4File, packetsEnd, packetsOf } from './file';
import type { PacketHeader, Packets, Payload } from './packets';
import { MOST_SHARING, SmallPackets } from './smallPackets';

/** What a page is read with. */
interface PageReading {
  readonly file: Aedat4File;
  readonly packets: Packets;
  readonly small: SmallPackets;
  /** The stream that is read. */
  readonly stream: number;
  /** Byte behind the last packet. */
  readonly end: number;
}

/** Pages of the packets of a stream; a place is the byte of a packet. Damaged packets are left out with a warning. */
export function packetPages(file: Aedat4File, stream: number): ReadPage {
  const small = new SmallPackets(file.header.compression, file.unpacker.small);
  const reading = { file, packets: packetsOf(file), small, stream, end: packetsEnd(file) };
  return (place) => readPage(reading, Number(place));
}

async function readPage(reading: PageReading, begin: number): Promise<EventPage | undefined> {
  const { packets, small, stream, end } = reading;
  small.begin();
  for (let offset = begin; ; ) {
    offset = small.pass(packets.window(), offset, { end, stream, places: packets.places });
    const header = small.isFull ? undefined : await packets.header(offset);
    if (!header || isCut(header, reading)) {
      // At the end nothing is left.
      return small.passed > 0 ? sharedPage(reading, offset) : undefined;
    }
    const events = header.stream === stream ? await eventsOf(reading, header) : undefined;
    if (events && events.count > MOST_SHARING) {
      return alone(events, header, reading);
    }
    small.add(events?.count ?? 0, (batch, at) => {
      if (events) {
        copyEvents(events, 0, events.count, batch, at);
      }
    });
    offset = header.end;
  }
}

/** A page of one packet; what was gathered before comes first, and then this packet again. */
function alone(events: EventVector, { offset, end }: PacketHeader, reading: PageReading): EventPage {
  return reading.small.passed > 0
    ? sharedPage(reading, offset)
    : eventPage(events, end, progressAt(reading, end));
}

function progressAt({ end }: PageReading, offset: number): number {
  return Math.min(1, offset / end);
}

function sharedPage(reading: PageReading, next: number): EventPage {
  return pageOf(reading.small.events(), next, progressAt(reading, next));
}

/** Whether the file ends inside a packet of another stream; that is a warning. */
function isCut(
  { isTruncated, stream, offset }: PacketHeader,
  { file, stream: wanted }: PageReading,
): boolean {
  if (!isTruncated || stream === wanted) {
    return false;
  }
  file.warnings.add('the file ends inside a packet', offset);
  return true;
}

/** @throws RangeError for a payload of another type than the stream's. */
function requireEvents(payload: Payload): Payload {
  if (payload.type !== 'EVTS') {
    throw new RangeError('what it holds are no events');
  }
  return payload;
}

/** The events of a packet; undefined, with a warning, for damaged ones. */
async function eventsOf(
  { packets, file }: PageReading,
  header: PacketHeader,
): Promise<EventVector | undefined> {
  const payload = await packets.payload(header);
  if (!payload) {
    return undefined;
  }
  try {
    return eventVector(requireEvents(payload));
  } catch (error) {
    file.warnings.add(`a packet is damaged (${(error as Error).message})`, header.offset);
    return undefined;
  }
}
