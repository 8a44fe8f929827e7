import { SpikeBridgeError } from '../../errors';
import type { ByteSource } from '../byteSource';
import type { SensorSize } from '../eventBatch';
import type { Found, OpenOptions, Recording, RecordingCodec } from '../recording';
import { found } from '../recordingFacts';
import { WarningLog } from '../warningLog';
import type { EventDecoder, SampleSink } from '../words/eventDecoder';
import { type WordRecordingParts, wordRecording } from '../words/wordRecording';
import { addressKind, davisExtent, timesRunForwards } from './addressCheck';
import { type Chip, chipNamed, davisOfAtLeast, OLDEST_CHIP } from './chips';
import { DavisDecoder } from './davisDecoder';
import { Dvs128Decoder } from './dvs128Decoder';
import { type JaerHeader, readJaerHeader, recordBytes } from './jaerHeader';

const STREAM = 'events';
const DAVIS_TRACKS: WordRecordingParts['tracks'] = [
  ['frame', 'frames'],
  ['imu', 'inertial sensor'],
  ['trigger', 'external inputs'],
];
const DVS_TRACKS: WordRecordingParts['tracks'] = [['trigger', 'external inputs']];

function noVision(source: ByteSource, message: string): SpikeBridgeError {
  return new SpikeBridgeError(
    'data',
    message,
    'Recordings of DVS128 and DAVIS cameras can be opened; convert others with jAER.',
    { file: source.name },
  );
}

function chipOfClass(source: ByteSource, chipClass: string): Found<Chip> {
  const chip = chipNamed(chipClass);
  if (chip) {
    return found(chip, `header line AEChip: ${chipClass}`);
  }
  throw noVision(
    source,
    /cochlea|ams1/i.test(chipClass)
      ? `this is a recording of an audio sensor (AEChip ${chipClass}), not of a camera`
      : `this is a jAER recording of the chip ${chipClass}, whose addresses are not known`,
  );
}

/** A chip that another line names, as exporters write it: `# HardwareInterface: DAVIS240C`. */
function chipInLines({ properties }: JaerHeader): Found<Chip> | undefined {
  for (const [name, value] of properties) {
    const chip = /hardware|source|sensor|device|camera/i.test(name) ? chipNamed(value) : undefined;
    if (chip) {
      return found(chip, `header line ${name}: ${value}`);
    }
  }
  return undefined;
}

/** @throws SpikeBridgeError (data) for other chips than DVS128 and DAVIS. */
async function findChip(source: ByteSource, header: JaerHeader, { size }: OpenOptions): Promise<Found<Chip>> {
  if (header.chipClass) {
    return chipOfClass(source, header.chipClass);
  }
  const named = chipInLines(header);
  if (named) {
    return named;
  }
  const kind = await addressKind(source, header.end, recordBytes(header.version));
  if (kind === 'audio') {
    throw noVision(
      source,
      'this AEDAT file names no chip, and its addresses are below 1024 like those of an audio sensor (cochlea): it is no recording of a camera',
    );
  }
  if (kind === 'wide') {
    return chipOfWideAddresses(source, header, size);
  }
  const how = kind === 'empty' ? 'no chip is named' : 'no chip is named and all addresses fit its 15 bits';
  return found(OLDEST_CHIP, how);
}

/** 32-bit addresses without a chip's name, as v2e writes them. */
async function chipOfWideAddresses(
  source: ByteSource,
  header: JaerHeader,
  size: SensorSize | undefined,
): Promise<Found<Chip>> {
  if (size) {
    const how = 'no chip is named; addresses too large for a DVS128 and a size set by the user';
    return found({ name: 'DAVIS', layout: 'davis', size }, how);
  }
  const extent = header.version === '2.0' ? await davisExtent(source, header.end) : undefined;
  const chip = extent && davisOfAtLeast(extent);
  if (!chip) {
    throw new SpikeBridgeError(
      'data',
      'this AEDAT file names no chip, and its addresses are too large for a DVS128',
      'If a DAVIS camera recorded it, give the size of its sensor: --size 240x180 or --size 346x260; the editor opens what `spikebridge events convert` writes with it.',
      { file: source.name },
    );
  }
  return found(chip, 'no chip is named; the smallest DAVIS that holds the first addresses');
}

function decoderOf(chip: Chip, bytes: 6 | 8, sink: SampleSink | undefined): EventDecoder {
  return chip.layout === 'davis' ? new DavisDecoder(chip.size, sink) : new Dvs128Decoder(bytes, sink);
}

async function openJaer(source: ByteSource, options: OpenOptions): Promise<Recording> {
  const header = await readJaerHeader(source);
  if (header.lines === 0) {
    throw noVision(source, 'this AEDAT file ends inside its first line');
  }
  const chip = await findChip(source, header, options);
  const version = header.version ?? '1.0';
  const how = header.version ? 'first line' : 'header lines without a version';
  const bytes = recordBytes(header.version);
  return wordRecording({
    info: {
      format: found(version === '2.0' ? 'aedat2' : 'aedat1', how),
      version: found(version, how),
      sensor: found(chip.value.name, chip.how),
      size: found(chip.value.size, `size of the ${chip.value.name}`),
      streams: [STREAM],
      stream: STREAM,
      properties: header.properties,
    },
    stream: { source, begin: header.end, warnings: new WarningLog(), unit: 'event' },
    createDecoder: (sink) => decoderOf(chip.value, bytes, sink),
    tracks: chip.value.layout === 'davis' ? DAVIS_TRACKS : DVS_TRACKS,
  });
}

async function firstLineVersion(source: ByteSource): Promise<string | undefined> {
  const head = await source.read(0, 12);
  return /^#!AER-DAT(\d\.\d)/.exec(String.fromCharCode(...head))?.[1];
}

/** AEDAT 2.0: 32-bit addresses of DVS128 and DAVIS cameras. */
export const aedat2Codec: RecordingCodec = {
  format: 'aedat2',
  async recognise(source) {
    return (await firstLineVersion(source)) === '2.0'
      ? { how: 'first line #!AER-DAT2.0', confidence: 'certain' }
      : undefined;
  },
  open: openJaer,
};

/** AEDAT 1.0: 16-bit addresses of a DVS128; the version line came later. */
export const aedat1Codec: RecordingCodec = {
  format: 'aedat1',
  async recognise(source) {
    const version = await firstLineVersion(source);
    if (version !== undefined) {
      return version === '1.0' ? { how: 'first line #!AER-DAT1.0', confidence: 'certain' } : undefined;
    }
    const header = await readJaerHeader(source);
    const fits = header.lines > 0 && (source.size - header.end) % 6 === 0;
    return fits && (await timesRunForwards(source, header.end, 6))
      ? { how: 'lines with # and 6-byte records whose times run forwards', confidence: 'likely' }
      : undefined;
  },
  open: openJaer,
};
