import path from 'node:path';
import { SpikeBridgeError } from '../../errors';
import type { FilterSettingsInput } from '../filters/filterSettings';
import type { RecordingInfo } from '../recording';
import type { SequenceOptions } from './pictureSequence';

/** About three hours at 25 pictures a second; players of GIFs hold all pictures. Others are played as they are read. */
const MOST_GIF_PICTURES = 250_000;
const MOST_FILM_PICTURES = 2_500_000;

/** Pictures of a film whose events lie from `first` to `latest` (µs, inclusive). */
export function picturesBetween(
  first: number,
  latest: number,
  { window, step }: Pick<SequenceOptions, 'window' | 'step'>,
): number {
  return 1 + Math.max(0, Math.floor((latest - first - window) / step) + 1);
}

/** @throws SpikeBridgeError (usage) for more pictures than a film can have. */
export function requireFilmLength(target: string, pictures: number): void {
  const isGif = path.extname(target).toLowerCase() === '.gif';
  const most = isGif ? MOST_GIF_PICTURES : MOST_FILM_PICTURES;
  if (pictures > most) {
    throw new SpikeBridgeError(
      'usage',
      `the events last for a film of ${pictures} pictures: ${isGif ? 'a GIF' : 'a film'} has ${most} at most`,
      'Draw a shorter range (--from, --to), let time run faster (--speed), or draw fewer pictures a second (--fps).',
      { file: target },
    );
  }
}

/** The times of the events to draw, in µs, as far as they are known before they are read; undefined where they are not. */
export function knownRange(
  { timeRange }: RecordingInfo,
  {
    from = Number.NEGATIVE_INFINITY,
    to = Number.POSITIVE_INFINITY,
    filters = [],
  }: { readonly from?: number; readonly to?: number; readonly filters?: readonly FilterSettingsInput[] },
): { first: number; latest: number } | undefined {
  if (!timeRange) {
    return undefined;
  }
  let first = Math.max(from, timeRange.value.first);
  let latest = Math.min(to, timeRange.value.last);
  for (const filter of filters) {
    if (filter.name === 'CropTime') {
      first = Math.max(first, filter.min ?? 0);
      latest = Math.min(latest, filter.max ?? Number.POSITIVE_INFINITY);
    }
  }
  return { first, latest };
}
