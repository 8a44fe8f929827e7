import type { ByteSource } from '../byteSource';
import { missingStream } from '../missingStream';
import type { OpenOptions, Recording, RecordingCodec } from '../recording';
import { found } from '../recordingFacts';
import { WarningLog } from '../warningLog';
import { wordRecording } from '../words/wordRecording';
import { Aedat3Decoder } from './aedat3Decoder';
import { type Aedat3Source, readAedat3Header } from './aedat3Header';
import { chipNamed } from './chips';

const FIRST_BYTES = '#!AER-DAT3.';
const ONLY_STREAM = 'events';

function streamName({ id, device }: Aedat3Source): string {
  return `${id}: ${device}`;
}

/** @throws SpikeBridgeError (usage) for a stream that the file does not have. */
function chooseDevice(
  sources: readonly Aedat3Source[],
  wanted: string | undefined,
  file: string,
): Aedat3Source | undefined {
  if (wanted === undefined || (sources.length === 0 && wanted === ONLY_STREAM)) {
    return sources[0];
  }
  const chosen = sources.find((source) => streamName(source) === wanted || String(source.id) === wanted);
  if (!chosen) {
    throw missingStream(wanted, sources.length > 0 ? sources.map(streamName) : [ONLY_STREAM], file);
  }
  return chosen;
}

async function openAedat3(source: ByteSource, { stream }: OpenOptions): Promise<Recording> {
  const header = await readAedat3Header(source);
  const { sources } = header;
  const device = chooseDevice(sources, stream, source.name);
  const chip = device && chipNamed(device.device);
  const warnings = new WarningLog();
  const how = device ? `header line Source ${device.id}: ${device.device}` : '';
  return wordRecording({
    info: {
      format: found('aedat3', 'first line #!AER-DAT3.1'),
      version: found('3.1', 'first line'),
      ...(device && { sensor: found(device.device, how) }),
      ...(chip && { size: found(chip.size, how) }),
      streams: sources.length > 0 ? sources.map(streamName) : [ONLY_STREAM],
      stream: device ? streamName(device) : ONLY_STREAM,
      properties: header.properties,
    },
    stream: { source, begin: header.end, warnings, unit: 'event packet' },
    createDecoder: (sink) => new Aedat3Decoder(sources.length > 1 ? device?.id : undefined, warnings, sink),
    tracks: [
      ['frame', 'frames'],
      ['imu', 'inertial sensor'],
      ['trigger', 'special events'],
    ],
  });
}

/** AEDAT 3.1 (cAER, DVS128 Gesture). */
export const aedat3Codec: RecordingCodec = {
  format: 'aedat3',
  async recognise(source) {
    const head = String.fromCharCode(...(await source.read(0, FIRST_BYTES.length + 1)));
    return head.startsWith(FIRST_BYTES) ? { how: `first line ${head}`, confidence: 'certain' } : undefined;
  },
  open: openAedat3,
};
