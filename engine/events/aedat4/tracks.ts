import type { Track } from '../tracks';
import { packetBefore, tableOf } from './dataTable';
import { type Aedat4File, packetsOf } from './file';
import type { Payload } from './packets';
import type { StreamDescription } from './streams';
import { samplesOf } from './trackSamples';

const TRACK_KINDS: Readonly<Record<string, Track['kind']>> = { FRME: 'frame', IMUS: 'imu', TRIG: 'trigger' };
const TRACK_NAMES = { frame: 'frames', imu: 'IMU', trigger: 'triggers' } as const;
/** Packets of a stream come in time order but for this, in µs. */
const DISORDER_MICROSECONDS = 1_000_000;

/** Frames, IMU samples and triggers of the file. */
export function tracksOf(file: Aedat4File): Track[] {
  return file.streams.flatMap((stream) => {
    const kind = TRACK_KINDS[stream.type];
    return kind ? [trackOf(file, stream, kind)] : [];
  });
}

function trackOf(file: Aedat4File, { id }: StreamDescription, kind: Track['kind']): Track {
  const name = `${TRACK_NAMES[kind]} (stream ${id})`;
  const samples = (first: number, last: number) => trackSamples(file, id, kind, first, last);
  const table = tableOf(file.table, id);
  return table ? { kind, name, count: table.count, samples } : { kind, name, samples };
}

async function* trackSamples(
  file: Aedat4File,
  stream: number,
  kind: Track['kind'],
  first: number,
  last: number,
) {
  const packets = packetsOf(file);
  const table = tableOf(file.table, stream);
  let header = await packets.find(table ? packetBefore(table, first) : file.header.packets, stream);
  for (; header; header = await packets.find(header.end, stream)) {
    const payload = await packets.payload(header);
    const samples = payload ? safeSamples(payload, file, header.offset) : [];
    if (samples.length > 0 && samples.every(({ t }) => t >= last + DISORDER_MICROSECONDS)) {
      return;
    }
    for (const sample of samples) {
      if (sample.kind === kind && sample.t >= first && sample.t < last) {
        yield sample;
      }
    }
  }
}

function safeSamples(payload: Payload, { warnings }: Aedat4File, offset: number) {
  try {
    return [...samplesOf(payload)];
  } catch (error) {
    warnings.add(`a packet is damaged (${(error as Error).message})`, offset);
    return [];
  }
}
