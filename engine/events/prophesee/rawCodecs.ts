import type { ByteSource } from '../byteSource';
import type { FormatId } from '../formats';
import type { Found, Recording, RecordingCodec } from '../recording';
import { WarningLog } from '../warningLog';
import type { EventDecoder, SampleSink } from '../words/eventDecoder';
import { withKernel } from '../words/kernelDecoder';
import { wordRecording } from '../words/wordRecording';
import { Evt2Decoder } from './evt2Decoder';
import { Evt3Decoder } from './evt3Decoder';
import { Evt21Decoder } from './evt21Decoder';
import { evt21Order } from './evt21Order';
import { type RawHeader, readRawHeader, unreadFormat } from './rawHeader';
import { isBigEndian, littleEndianWords } from './wordOrder';

const STREAM = 'events';

interface WordFormat {
  readonly version: Found<string>;
  createDecoder(warnings: WarningLog, sink?: SampleSink): EventDecoder;
}

async function wordFormat(format: FormatId, source: ByteSource, raw: RawHeader): Promise<WordFormat> {
  const how = raw.format?.how ?? '';
  const isBig = isBigEndian(raw, source.name);
  if (format === 'evt21') {
    const order = await evt21Order(source, raw);
    const name = isBig ? 'big endian' : order.value === 'little' ? 'little endian' : 'legacy byte order';
    return {
      version: { value: `EVT 2.1 (${name})`, how: `${how}; ${order.how}` },
      createDecoder: (warnings, sink) => new Evt21Decoder(order.value, warnings, sink),
    };
  }
  return format === 'evt2'
    ? {
        version: { value: `EVT 2.0${isBig ? ' (big endian)' : ''}`, how },
        createDecoder: (warnings, sink) => withKernel('evt2', 4, new Evt2Decoder(warnings, sink)),
      }
    : {
        version: { value: `EVT 3.0${isBig ? ' (big endian)' : ''}`, how },
        createDecoder: (warnings, sink) => withKernel('evt3', 2, new Evt3Decoder(warnings, sink)),
      };
}

async function openRaw(source: ByteSource): Promise<Recording> {
  const raw = await readRawHeader(source);
  if (!raw?.format) {
    throw unreadFormat(raw?.unread ?? 'without a name', source.name);
  }
  const words = littleEndianWords(source, raw);
  const { version, createDecoder } = await wordFormat(raw.format.value, words, raw);
  const warnings = new WarningLog();
  for (const message of [...(raw.conflict ? [raw.conflict] : []), ...(raw.oddSizes ?? [])]) {
    warnings.add(message, 0);
  }
  return wordRecording({
    info: {
      format: raw.format,
      version,
      ...(raw.sensor && { sensor: raw.sensor }),
      ...(raw.size && { size: raw.size }),
      streams: [STREAM],
      stream: STREAM,
      properties: raw.header.properties,
    },
    stream: { source: words, begin: raw.header.end, warnings, unit: 'event word' },
    createDecoder: (sink) => createDecoder(warnings, sink),
    tracks: [['trigger', 'external triggers']],
  });
}

/** A RAW file whose word format no decoder exists for is claimed by the first codec, which refuses it by name. */
function rawCodec(format: FormatId, claimsUnread: boolean): RecordingCodec {
  return {
    format,
    async recognise(source) {
      const raw = await readRawHeader(source);
      const mine = raw?.format ? raw.format.value === format : raw?.unread !== undefined && claimsUnread;
      return mine
        ? {
            how: raw?.format?.how ?? 'header key format',
            confidence: raw?.header.end === 0 ? 'likely' : 'certain',
          }
        : undefined;
    },
    open: openRaw,
  };
}

/** Prophesee RAW with EVT2 words; also refuses RAW files of unknown words by name. */
export const evt2Codec = rawCodec('evt2', true);
/** Prophesee RAW with EVT2.1 words in either byte order. */
export const evt21Codec = rawCodec('evt21', false);
/** Prophesee RAW with EVT3 words. */
export const evt3Codec = rawCodec('evt3', false);
