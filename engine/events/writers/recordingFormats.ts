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

/** The format that a file's suffix names. @throws SpikeBridgeError (usage) listing the formats. */
export function formatOfFile(file: string): RecordingFormat {
  const suffix = path.extname(file).toLowerCase();
  const found = RECORDING_FORMATS.find(({ suffixes }) => suffixes.includes(suffix));
  if (!found) {
    throw new SpikeBridgeError(
      'usage',
      `the suffix "${suffix}" names no format to write`,
      `Choose one of ${offered()}, or name the format with --format.`,
      { file },
    );
  }
  return found;
}
