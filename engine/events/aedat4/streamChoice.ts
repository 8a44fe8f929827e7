import { SpikeBridgeError } from '../../errors';
import { missingStream } from '../missingStream';
import { type Aedat4File, packetsOf } from './file';
import type { StreamDescription } from './streams';

/** Packets looked at for the types of streams that the header does not describe. */
const MOST_PROBED_PACKETS = 256;

/** Whether the header's XML names a stream of events. */
export function hasEvents(streams: readonly StreamDescription[]): boolean {
  return streams.some(({ type }) => type === 'EVTS');
}

/** Streams as the first packets show them, for a header whose XML does not tell. */
export async function probeStreams(file: Aedat4File): Promise<readonly StreamDescription[]> {
  const streams = new Map(file.streams.map((stream) => [stream.id, stream]));
  const packets = packetsOf(file);
  let offset = file.header.packets;
  for (let index = 0; index < MOST_PROBED_PACKETS; index++) {
    const header = await packets.header(offset);
    if (!header) {
      break;
    }
    const type = streams.has(header.stream) ? undefined : (await packets.payload(header))?.type;
    if (type) {
      streams.set(header.stream, { id: header.stream, type, output: '', source: '', size: undefined });
    }
    offset = header.end;
  }
  return [...streams.values()];
}

/**
 * The stream to open: the wanted one, else the first with packets.
 * @throws SpikeBridgeError (usage) where the wanted one is missing, (data) where there are no events at all.
 */
export async function chooseStream(file: Aedat4File, wanted: string | undefined): Promise<StreamDescription> {
  const streams = file.streams.filter(({ type }) => type === 'EVTS');
  if (wanted !== undefined) {
    const chosen = streams.find(({ id }) => String(id) === wanted);
    if (!chosen) {
      throw streams.length > 0
        ? missingStream(
            wanted,
            streams.map(({ id: each }) => String(each)),
            file.source.name,
          )
        : noEvents(file);
    }
    return chosen;
  }
  for (const stream of streams) {
    if (await isFilled(file, stream.id)) {
      return stream;
    }
  }
  if (!streams[0]) {
    throw noEvents(file);
  }
  return streams[0];
}

async function isFilled(file: Aedat4File, stream: number): Promise<boolean> {
  return (await packetsOf(file).find(file.header.packets, stream)) !== undefined;
}

function noEvents({ source, streams }: Aedat4File): SpikeBridgeError {
  const types = [...new Set(streams.map(({ type }) => type))].join(', ');
  return new SpikeBridgeError(
    'data',
    `this AEDAT 4.0 file holds no event stream (${types ? `only ${types}` : 'it has no streams at all'})`,
    'Open a recording whose writer was connected to an event output.',
    { file: source.name },
  );
}
