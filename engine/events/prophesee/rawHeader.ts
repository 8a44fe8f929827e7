import { SpikeBridgeError } from '../../errors';
import type { ByteSource } from '../byteSource';
import type { SensorSize } from '../eventBatch';
import type { FormatId } from '../formats';
import type { Found } from '../recording';
import { headerlessWords } from './headerlessRaw';
import {
  geometryAsWritten,
  headerValue,
  oddSizes,
  type PercentHeader,
  parseGeometry,
  parseSize,
  readPercentHeader,
} from './percentHeader';
import { systemOf } from './systemIds';

/** What the header of a RAW file tells. */
export interface RawHeader {
  readonly header: PercentHeader;
  /** Word format; a name that no decoder exists for stands in `unread`. */
  readonly format?: Found<FormatId>;
  /** Name of a word format that is not read: EVT4, HISTO3D, … */
  readonly unread?: string;
  readonly sensor?: Found<string>;
  readonly size?: Found<SensorSize>;
  /** As written: little, legacy or big. */
  readonly endianness?: string;
  readonly systemId: number;
  /** The keys contradict each other. */
  readonly conflict?: string;
  /** What is wrong with sizes that were ignored. */
  readonly oddSizes?: readonly string[];
}

const FORMAT_NAMES: Readonly<Record<string, FormatId>> = {
  EVT2: 'evt2',
  EVT20: 'evt2',
  EVT21: 'evt21',
  EVT3: 'evt3',
  EVT30: 'evt3',
};

function formatNamed(name: string): FormatId | undefined {
  return FORMAT_NAMES[name.toUpperCase().replace(/[^A-Z0-9]/g, '')];
}

/** The parts of `EVT3;height=720;width=1280`. */
function formatParts(text: string): { name: string; options: Map<string, string> } {
  const [name = '', ...rest] = text.split(';').map((part) => part.trim());
  const pairs = rest.map((part) => part.split('=') as [string, string]);
  return { name, options: new Map(pairs.map(([key, value = '']) => [key.toLowerCase(), value])) };
}

function wordFormat(header: PercentHeader, systemId: number): Pick<RawHeader, 'format' | 'unread'> {
  const format = headerValue(header, 'format');
  const evt = headerValue(header, 'evt');
  const named = format !== undefined ? formatParts(format).name : evt !== undefined ? `EVT${evt}` : undefined;
  if (named !== undefined) {
    const value = formatNamed(named);
    const how = `header key ${format !== undefined ? 'format' : 'evt'}`;
    return value ? { format: { value, how } } : { unread: named || 'without a name' };
  }
  const system = systemOf(systemId);
  return system ? { format: { value: system.format, how: `system_ID ${systemId}` } } : {};
}

function statedSize(header: PercentHeader, systemId: number): Pick<RawHeader, 'size' | 'conflict'> {
  const { options } = formatParts(headerValue(header, 'format') ?? '');
  const ofFormat = parseSize(options.get('width'), options.get('height'));
  const geometry = headerValue(header, 'geometry');
  const ofGeometry = parseGeometry(geometry);
  if (ofFormat) {
    const differs =
      ofGeometry && (ofGeometry.width !== ofFormat.width || ofGeometry.height !== ofFormat.height);
    const conflict = `header keys format (${ofFormat.width}x${ofFormat.height}) and geometry (${geometry}) disagree: format was taken`;
    return { size: { value: ofFormat, how: 'header key format' }, ...(differs && { conflict }) };
  }
  if (ofGeometry) {
    return { size: { value: ofGeometry, how: 'header key geometry' } };
  }
  const ofSides = parseSize(headerValue(header, 'width'), headerValue(header, 'height'));
  if (ofSides) {
    return { size: { value: ofSides, how: 'header keys width and height' } };
  }
  const system = systemOf(systemId);
  return system ? { size: { value: system.size, how: `system_ID ${systemId}` } } : {};
}

function ignoredSizes(header: PercentHeader): string[] {
  const { options } = formatParts(headerValue(header, 'format') ?? '');
  return oddSizes([
    ['header key format', options.get('width'), options.get('height')],
    geometryAsWritten(header),
    ['header keys width and height', headerValue(header, 'width'), headerValue(header, 'height')],
  ]);
}

function statedSensor(header: PercentHeader, systemId: number): Found<string> | undefined {
  const name = headerValue(header, 'sensor_name');
  const generation = headerValue(header, 'sensor_generation', 'generation');
  const system = systemOf(systemId);
  if (name) {
    return { value: name, how: 'header key sensor_name' };
  }
  if (generation) {
    return { value: `Gen${generation}`, how: 'header key sensor_generation' };
  }
  return system && { value: system.sensor, how: `system_ID ${systemId}` };
}

/** Reads the header of a RAW file; undefined where neither it nor the words tell RAW, as for DAT and text files. */
export async function readRawHeader(source: ByteSource): Promise<RawHeader | undefined> {
  const header = await readPercentHeader(source);
  if (header.end === 0) {
    const format = await headerlessWords(source);
    return format && { header, format, systemId: Number.NaN };
  }
  const systemText = headerValue(header, 'system_id');
  const systemId = Number(systemText ?? Number.NaN);
  const words = wordFormat(header, systemId);
  if (!words.format && !words.unread) {
    return undefined;
  }
  const format = formatParts(headerValue(header, 'format') ?? '');
  return {
    header,
    ...words,
    ...statedSize(header, systemId),
    oddSizes: ignoredSizes(header),
    sensor: statedSensor(header, systemId),
    endianness: format.options.get('endianness') ?? headerValue(header, 'endianness'),
    systemId,
  };
}

/** The error for word formats that are known by name only. */
export function unreadFormat(name: string, file: string): SpikeBridgeError {
  return new SpikeBridgeError(
    'data',
    `this is a Prophesee RAW file of format ${name}; EVT2, EVT2.1 and EVT3 are read`,
    'Record in one of these formats, or convert the file with the Metavision tools.',
    { file },
  );
}
