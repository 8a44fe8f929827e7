import { SpikeBridgeError } from '../../errors';
import type { ByteSource } from '../byteSource';
import { columnRecording } from '../columns/columnRecording';
import { missingStream } from '../missingStream';
import type { OpenOptions, RecordingCodec } from '../recording';
import { found } from '../recordingFacts';
import { WarningLog } from '../warningLog';
import { HEADER_BYTES, topElements } from './matElements';
import { findStreams, hasName, type MatEvents, type MatStream, openStream } from './matStreams';
import { type MatVariable, readVariable } from './matVariables';

const TEXT = 'MATLAB 5.0 MAT-file';
const TEXT_BYTES = 116;
const MOST_VARIABLES = 1024;
const MOST_NAMES = 8;

/** MATLAB level 5 files: CEP-DVS, ASL-DVS, structs of iniVation and IBM, matrices (formats.md section 12). */
export const matlabCodec: RecordingCodec = {
  format: 'mat',

  async recognise(source) {
    const bytes = await source.read(0, HEADER_BYTES);
    const order = String.fromCharCode(...bytes.subarray(126, 128));
    const isLevel5 = order === 'IM' || order === 'MI';
    const isNamed = String.fromCharCode(...bytes.subarray(0, TEXT.length)) === TEXT;
    // Other writers put another text there, but never another version.
    const version = order === 'IM' ? bytes[125] : bytes[124];
    return isLevel5 && version === 1 && (isNamed || isPrintable(bytes.subarray(0, TEXT_BYTES)))
      ? { how: isNamed ? `text ${TEXT}` : `byte order mark ${order} at byte 126`, confidence: 'certain' }
      : undefined;
  },

  async open(source, options) {
    const header = (await source.read(0, HEADER_BYTES)).slice();
    const isLittle = header[126] === 'I'.charCodeAt(0);
    const warnings = new WarningLog();
    const variables = await readVariables(source, isLittle, warnings);
    const streams = findStreams(variables);
    const { stream, content } = await chooseStream(source, variables, streams, options, warnings);
    return columnRecording(
      content.events,
      {
        source,
        warnings,
        info: {
          format: found('mat', `text ${TEXT}`),
          version: found('5.0', 'header'),
          streams: streams.map(({ name }) => name),
          stream: stream.name,
          properties: [
            ['header', String.fromCharCode(...header.subarray(0, TEXT_BYTES)).trim()],
            ['byte order', isLittle ? 'little endian' : 'big endian'],
            ['variables', variables.map(describe).join(', ')],
            ['columns', content.how],
          ],
        },
      },
      options,
    );
  },
};

function isPrintable(bytes: Uint8Array): boolean {
  return bytes.length === TEXT_BYTES && bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
}

async function readVariables(
  source: ByteSource,
  isLittle: boolean,
  warnings: WarningLog,
): Promise<readonly MatVariable[]> {
  const variables: MatVariable[] = [];
  const onDamage = (message: string, byteOffset: number) => warnings.add(message, byteOffset);
  for await (const { elements, matrix, offset } of topElements(source, isLittle, onDamage)) {
    const variable = await readVariable(elements, matrix).catch(() => undefined);
    if (variable) {
      variables.push(variable);
    } else {
      warnings.add('a variable is damaged', offset);
    }
    if (variables.length >= MOST_VARIABLES) {
      break;
    }
  }
  return variables;
}

async function chooseStream(
  source: ByteSource,
  variables: readonly MatVariable[],
  streams: readonly MatStream[],
  options: OpenOptions,
  warnings: WarningLog,
): Promise<{ stream: MatStream; content: MatEvents }> {
  const wanted = streams.filter(({ name }) => options.stream === undefined || name === options.stream);
  if (options.stream !== undefined && wanted.length === 0 && streams.length > 0) {
    const names = streams.map(({ name }) => name);
    throw missingStream(options.stream, names, source.name);
  }
  for (const stream of isForeign(variables) ? [] : wanted) {
    const content = await openStream(source, stream, options).catch((error: unknown) => {
      if (stream === wanted.at(-1)) {
        throw error;
      }
      return undefined;
    });
    if (content) {
      return { stream, content };
    }
  }
  throw noEvents(source, variables, warnings);
}

function isForeign(variables: readonly MatVariable[]): boolean {
  return foreignTitle(variables) !== undefined;
}

/** What known files without vision events are. */
function foreignTitle(variables: readonly MatVariable[]): string | undefined {
  if (hasName(variables, 'spiketrain')) {
    return 'spike trains of a tactile sensor (ST-MNIST), not events of a camera';
  }
  const isGraph =
    hasName(variables, 'edge') && (hasName(variables, 'feature') || hasName(variables, 'pseudo'));
  return isGraph ? 'graphs made from events (NVS2Graph), not events' : undefined;
}

function describe({ name, className, dimensions }: MatVariable): string {
  return `${name} (${className} ${dimensions.join(' x ')})`;
}

function noEvents(
  source: ByteSource,
  variables: readonly MatVariable[],
  warnings: WarningLog,
): SpikeBridgeError {
  const damage = warnings.list().map(({ message }) => ` (${message})`);
  const names = variables.slice(0, MOST_NAMES).map(describe);
  const more = variables.length > names.length ? ` and ${variables.length - names.length} more` : '';
  const what = foreignTitle(variables) ?? 'no events';
  return new SpikeBridgeError(
    'data',
    `this MATLAB file holds ${what}: ${names.join(', ') || 'it has no variables'}${more}${damage.join('')}`,
    'Events are looked for as variables or fields x, y, ts and p (or pol), or a matrix of four columns.',
    { file: source.name },
  );
}
