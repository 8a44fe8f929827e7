import path from 'node:path';
import { SpikeBridgeError } from '../../errors';
import { AEDAT4_FORMAT } from './aedat4Format';
import { ATIS_FORMAT } from './atisFormat';
import { CSV_FORMAT } from './csvFormat';
import { DAT_FORMAT } from './datFormat';
import { DSEC_FORMAT } from './dsecFormat';
import { EVT3_FORMAT } from './evt3Format';
import { NPY_FORMAT } from './npyFormat';
import { NPZ_FORMAT } from './npzFormat';
import type { RecordingFormat } from './recordingEncoder';
import { STANDARD_OUTPUT } from './standardOutput';

/** All formats that recordings can be written in. */
export const RECORDING_FORMATS: readonly RecordingFormat[] = [
  AEDAT4_FORMAT,
  EVT3_FORMAT,
  DAT_FORMAT,
  ATIS_FORMAT,
  DSEC_FORMAT,
  NPY_FORMAT,
  NPZ_FORMAT,
  CSV_FORMAT,
];

function offered(): string {
  return RECORDING_FORMATS.map(({ name, suffixes }) => `${name} (${suffixes.join(', ')})`).join(', ');
}

/** The format of a name. @throws SpikeBridgeError (usage) listing the formats. */
export function formatByName(name: string): RecordingFormat {
  const found = RECORDING_FORMATS.find((each) => each.name === name.toLowerCase());
  if (!found) {
    throw new SpikeBridgeError('usage', `"${name}" is no format to write`, `The formats are ${offered()}.`);
  }
  return found;
}

/** What a suffix names, if anything. */
function namedBy(file: string): RecordingFormat | undefined {
  const suffix = path.extname(file).toLowerCase();
  return RECORDING_FORMATS.find(({ suffixes }) => suffixes.includes(suffix));
}

/** The format that a file's suffix names. @throws SpikeBridgeError (usage) listing the formats. */
export function formatOfFile(file: string): RecordingFormat {
  const found = namedBy(file);
  if (!found) {
    throw new SpikeBridgeError(
      'usage',
      `the suffix "${path.extname(file)}" names no format to write`,
      `Choose one of ${offered()}, or name the format with --format.`,
      { file },
    );
  }
  return found;
}

/**
 * The format to write a file in: the one of the name, else that of the suffix; CSV to standard output.
 * @throws SpikeBridgeError (usage) where nothing names a format, or it cannot go to standard output.
 */
export function formatToWrite(target: string, name?: string): RecordingFormat {
  if (target !== STANDARD_OUTPUT) {
    return name === undefined ? formatOfFile(target) : formatByName(name);
  }
  const format = name === undefined ? CSV_FORMAT : formatByName(name);
  if (!format.isStreamed) {
    const streamed = RECORDING_FORMATS.filter((each) => each.isStreamed).map((each) => each.name);
    throw new SpikeBridgeError(
      'usage',
      `${format.name} cannot go to standard output: its beginning is written last`,
      `Name a file to make, or choose one of ${streamed.join(', ')}.`,
    );
  }
  return format;
}

/** The format that a file's suffix promises where it is written in another one. */
export function promisedOtherwise(target: string, format: RecordingFormat): RecordingFormat | undefined {
  const promised = namedBy(target);
  return promised === format ? undefined : promised;
}
