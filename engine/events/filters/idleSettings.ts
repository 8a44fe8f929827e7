import type { FilterSettings } from './filterSettings';

/** Why a filter with these settings would keep nothing or drop nothing of any recording; undefined where it may work. */
export function idleReason(settings: FilterSettings): string | undefined {
  if (settings.name === 'CropTime' && settings.max !== undefined && settings.max < settings.min) {
    return `no time lies from min ${settings.min} to max ${settings.max}`;
  }
  const isAimless =
    settings.name === 'DropPixel' && settings.hot_pixel_frequency === undefined && !settings.coordinates;
  return isAimless ? '"hot_pixel_frequency" or "coordinates" must be given' : undefined;
}
