import { SpikeBridgeError } from '../../errors';
import type { ByteSource } from '../byteSource';
import type { SensorSize } from '../eventBatch';
import type { Found, Recognition, Recording, RecordingCodec } from '../recording';
import { WarningLog } from '../warningLog';
import { withKernel } from '../words/kernelDecoder';
import { wordRecording } from '../words/wordRecording';
import { DatDecoder, type DatVersion } from './datDecoder';
import {
  geometryAsWritten,
  headerValue,
  oddSizes,
  type PercentHeader,
  parseGeometry,
  parseSize,
  readPercentHeader,
} from './percentHeader';

const RECORD_BYTES = 8;
const TYPE_BYTES = 2;
/** Event types: Event2d, CD, and 40 of old recordings. */
const PIXEL_TYPES = [0x00, 0x0c, 0x28];
const TRIGGER_TYPE = 0x0e;
const STREAM = 'events';
const PROBE_RECORDS = 4096;
/** Version 1 uses no bit above this one. */
const VERSION_1_BITS = 18;

interface DatHead {
  readonly header: PercentHeader;
  readonly type: number;
}

/** The header and the two bytes behind it, where they are those of a DAT file. */
async function readHead(source: ByteSource): Promise<DatHead | undefined> {
  const header = await readPercentHeader(source);
  if (headerValue(header, 'evt', 'format') !== undefined) {
    return undefined;
  }
  const [type, size] = await source.read(header.end, TYPE_BYTES);
  const known = type !== undefined && [...PIXEL_TYPES, TRIGGER_TYPE].includes(type) && size === RECORD_BYTES;
  return known ? { header, type } : undefined;
}

async function probe(source: ByteSource, from: number): Promise<DataView> {
  const bytes = await source.read(from, PROBE_RECORDS * RECORD_BYTES);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength - (bytes.byteLength % RECORD_BYTES));
}

/** Whether times grow and pixels lie on a sensor: what speaks for a DAT file without header lines. */
async function isPlausible(source: ByteSource): Promise<boolean> {
  const view = await probe(source, TYPE_BYTES);
  let last = 0;
  for (let offset = 0; offset < view.byteLength; offset += RECORD_BYTES) {
    const time = view.getUint32(offset, true);
    const word = view.getUint32(offset + 4, true);
    if (time < last || (word & 0x3fff) >= 2048 || ((word >>> 14) & 0x3fff) >= 2048) {
      return false;
    }
    last = time;
  }
  return view.byteLength > 0 && (source.size - TYPE_BYTES) % RECORD_BYTES === 0;
}

async function recogniseDat(source: ByteSource): Promise<Recognition | undefined> {
  const head = await readHead(source);
  if (!head) {
    return undefined;
  }
  if (head.header.end > 0) {
    return {
      how: `header lines with % and event type ${head.type} of ${RECORD_BYTES} bytes`,
      confidence: 'certain',
    };
  }
  return (await isPlausible(source))
    ? {
        how: `event type ${head.type} of ${RECORD_BYTES} bytes and growing times, without a header`,
        confidence: 'likely',
      }
    : undefined;
}

async function recordVersion(source: ByteSource, { header }: DatHead): Promise<Found<DatVersion>> {
  const stated = headerValue(header, 'version');
  if (stated === '1' || stated === '2') {
    return { value: stated === '1' ? 1 : 2, how: 'header key Version' };
  }
  const view = await probe(source, header.end + TYPE_BYTES);
  for (let offset = 4; offset < view.byteLength; offset += RECORD_BYTES) {
    if (view.getUint32(offset, true) >>> VERSION_1_BITS !== 0) {
      return { value: 2, how: 'the records use bits that version 1 has not' };
    }
  }
  return { value: view.byteLength > 0 ? 1 : 2, how: 'the records use no more bits than version 1 has' };
}

function statedSize(header: PercentHeader): Found<SensorSize> | undefined {
  const ofSides = parseSize(headerValue(header, 'width'), headerValue(header, 'height'));
  const ofGeometry = parseGeometry(headerValue(header, 'geometry'));
  return ofSides
    ? { value: ofSides, how: 'header keys Width and Height' }
    : ofGeometry && { value: ofGeometry, how: 'header key geometry' };
}

function sizeWarnings(header: PercentHeader): WarningLog {
  const warnings = new WarningLog();
  const sides = [headerValue(header, 'width'), headerValue(header, 'height')] as const;
  for (const message of oddSizes([['header keys Width and Height', ...sides], geometryAsWritten(header)])) {
    warnings.add(message, 0);
  }
  return warnings;
}

async function openDat(source: ByteSource): Promise<Recording> {
  const head = await readHead(source);
  if (!head || head.type === TRIGGER_TYPE) {
    throw new SpikeBridgeError(
      'data',
      'this Prophesee DAT file holds external triggers, no vision events',
      'Open the *_cd.dat or *_td.dat file of the same recording.',
      { file: source.name },
    );
  }
  const { header } = head;
  const version = await recordVersion(source, head);
  const size = statedSize(header);
  return wordRecording({
    info: {
      format: { value: 'dat', how: `event type ${head.type} behind the header` },
      version: { value: String(version.value), how: version.how },
      ...(size && { size }),
      streams: [STREAM],
      stream: STREAM,
      properties: header.properties,
    },
    stream: { source, begin: header.end + TYPE_BYTES, warnings: sizeWarnings(header), unit: 'event' },
    createDecoder: () =>
      withKernel(version.value === 1 ? 'dat1' : 'dat2', RECORD_BYTES, new DatDecoder(version.value)),
  });
}

/** Prophesee DAT with change-detection events, record versions 1 and 2. */
export const datCodec: RecordingCodec = { format: 'dat', recognise: recogniseDat, open: openDat };
