import { FORMAT_TITLES, type FormatId } from '../../../engine/events/formats';

/** A format as people know it. */
export function formatTitle(format: FormatId): string {
  return FORMAT_TITLES[format];
}

function letters(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z\d]/g, '');
}

/** Format and version in a few words, without saying anything twice: "EVT3" is "EVT 3.0". */
export function formatAndVersion(format: FormatId, version: string | undefined): string {
  const short = shortFormat(format);
  const said = version === undefined || letters(short).includes(letters(version).replace(/0+$/, ''));
  return said ? short : `${short} ${version}`;
}

/** A format in a few letters, for narrow places. */
export function shortFormat(format: FormatId): string {
  return FORMAT_TITLES[format].replace(/ \(.*$/, '');
}
