import { SpikeBridgeError } from '../../errors';
import type { ByteSource } from '../byteSource';
import type { SensorSize } from '../eventBatch';
import type { Found, OpenOptions, Recording, RecordingCodec } from '../recording';
import { found, sizeFrom } from '../recordingFacts';
import { WarningLog } from '../warningLog';
import type { EventDecoder } from '../words/eventDecoder';
import { wordRecording } from '../words/wordRecording';
import { EsAtisDecoder, EsColourDecoder, EsDvsDecoder } from './esDecoder';

const SIGNATURE = 'Event Stream';
const TYPE_AT = 15;
const SIZE_AT = 16;
const HEADER_BYTES = 20;
const STREAM = 'events';
const MAJOR_VERSION = 2;

/** Kinds of events by the header's type byte. */
const KINDS: readonly { readonly name: string; create?: (height: number) => EventDecoder }[] = [
  { name: 'generic byte strings' },
  { name: 'DVS', create: (height) => new EsDvsDecoder(height) },
  { name: 'ATIS', create: (height) => new EsAtisDecoder(height) },
  { name: 'asynchronous display commands (AMD)' },
  { name: 'colour', create: (height) => new EsColourDecoder(height) },
];

function refuse(source: ByteSource, message: string, byteOffset: number): SpikeBridgeError {
  return new SpikeBridgeError(
    'data',
    message,
    'Open an Event Stream file, version 2, of type DVS, ATIS or colour.',
    { file: source.name, byteOffset },
  );
}

function endsInHeader({ name, size }: ByteSource): SpikeBridgeError {
  return new SpikeBridgeError(
    'data',
    `the file ends inside its header: it has ${size} of ${HEADER_BYTES} bytes`,
    'Copy it again from where it was recorded.',
    { file: name, byteOffset: size },
  );
}

/** @throws SpikeBridgeError (data) for a version or type without vision events. */
async function readHeader(source: ByteSource) {
  const head = (await source.read(0, HEADER_BYTES)).slice();
  const version = [...head.subarray(SIGNATURE.length, TYPE_AT)].join('.');
  if (head.length <= SIGNATURE.length) {
    throw endsInHeader(source);
  }
  if (head[SIGNATURE.length] !== MAJOR_VERSION) {
    throw refuse(
      source,
      `this is an Event Stream file of version ${version}; version 2 is read`,
      SIGNATURE.length,
    );
  }
  if (head.length <= TYPE_AT) {
    throw endsInHeader(source);
  }
  const type = head[TYPE_AT]!;
  const kind = KINDS[type];
  if (!kind?.create) {
    const title = kind?.name ?? `events of an unknown type (${type})`;
    throw refuse(source, `this Event Stream file holds ${title}, no vision events`, TYPE_AT);
  }
  if (head.length < HEADER_BYTES) {
    throw endsInHeader(source);
  }
  const view = new DataView(head.buffer, head.byteOffset);
  const size: SensorSize = {
    width: view.getUint16(SIZE_AT, true),
    height: view.getUint16(SIZE_AT + 2, true),
  };
  return { version, kind: kind.name, create: kind.create, size };
}

/** Writers that do not know the sensor leave zeros. @throws SpikeBridgeError (usage) where the user does not tell it either. */
function knownSize(source: ByteSource, stated: SensorSize, options: OpenOptions): Found<SensorSize> {
  if (stated.width > 0 && stated.height > 0) {
    return found(stated, 'header');
  }
  const size = sizeFrom(options, undefined);
  if (!size) {
    throw new SpikeBridgeError(
      'usage',
      `the header tells a sensor of ${stated.width} x ${stated.height} pixels, and rows are counted from its lower edge`,
      'Give the size of the sensor with --size WxH; the editor opens what `spikebridge events convert` writes with it.',
      { file: source.name, byteOffset: SIZE_AT },
    );
  }
  return size;
}

async function openEs(source: ByteSource, options: OpenOptions): Promise<Recording> {
  const { version, kind, create, size: stated } = await readHeader(source);
  const size = knownSize(source, stated, options);
  return wordRecording({
    info: {
      format: { value: 'es', how: `signature "${SIGNATURE}"` },
      version: { value: `${version} (${kind})`, how: 'header' },
      size,
      streams: [STREAM],
      stream: STREAM,
      properties: [['type', kind]],
    },
    stream: { source, begin: HEADER_BYTES, warnings: new WarningLog(), unit: 'event' },
    // Rows are counted from the lower edge of the true sensor, where the user says that the header is wrong.
    createDecoder: () => create(options.size?.height ?? size.value.height),
  });
}

/** Event Stream (.es), version 2: DVS, ATIS and colour events. */
export const esCodec: RecordingCodec = {
  format: 'es',
  async recognise(source) {
    const head = await source.read(0, SIGNATURE.length);
    const matches = String.fromCharCode(...head) === SIGNATURE;
    return matches ? { how: `signature "${SIGNATURE}"`, confidence: 'certain' } : undefined;
  },
  open: openEs,
};
