import { FORMAT_TITLES, type FormatId } from '../../../engine/events/formats';

/** A format as people know it. */
export function formatTitle(format: FormatId): string {
  return FORMAT_TITLES[format];
}

/** A format in a few letters, for narrow places. */
export function shortFormat(format: FormatId): string {
  return FORMAT_TITLES[format].replace(/ \(.*$/, '');
}
