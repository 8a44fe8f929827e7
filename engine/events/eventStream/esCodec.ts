import { SpikeBridgeError } from '../../errors';
import type { ByteSource } from '../byteSource';
import type { SensorSize } from '../eventBatch';
import type { Recording, RecordingCodec } from '../recording';
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

/** @throws SpikeBridgeError (data) for a version or type without vision events. */
async function readHeader(source: ByteSource) {
  const head = (await source.read(0, HEADER_BYTES)).slice();
  const version = [...head.subarray(SIGNATURE.length, TYPE_AT)].join('.');
  if (head[SIGNATURE.length] !== MAJOR_VERSION) {
    throw refuse(
      source,
      `this is an Event Stream file of version ${version}; version 2 is read`,
      SIGNATURE.length,
    );
  }
  const type = head[TYPE_AT];
  const kind = type === undefined ? undefined : KINDS[type];
  if (!kind?.create) {
    const title = kind?.name ?? `events of an unknown type (${type})`;
    throw refuse(source, `this Event Stream file holds ${title}, no vision events`, TYPE_AT);
  }
  if (head.length < HEADER_BYTES) {
    throw refuse(source, 'the file ends inside its header', head.length);
  }
  const view = new DataView(head.buffer, head.byteOffset);
  const size: SensorSize = {
    width: view.getUint16(SIZE_AT, true),
    height: view.getUint16(SIZE_AT + 2, true),
  };
  return { version, kind: kind.name, create: kind.create, size };
}

async function openEs(source: ByteSource): Promise<Recording> {
  const { version, kind, create, size } = await readHeader(source);
  return wordRecording({
    info: {
      format: { value: 'es', how: `signature "${SIGNATURE}"` },
      version: { value: `${version} (${kind})`, how: 'header' },
      size: { value: size, how: 'header' },
      streams: [STREAM],
      stream: STREAM,
      properties: [['type', kind]],
    },
    stream: { source, begin: HEADER_BYTES, warnings: new WarningLog(), unit: 'event' },
    createDecoder: () => create(size.height),
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
