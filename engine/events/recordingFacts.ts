import type { SensorSize } from './eventBatch';
import type { Found, OpenOptions } from './recording';

/** A fact with the place it was found at. */
export function found<T>(value: T, how: string): Found<T> {
  return { value, how };
}

/** The sensor's size: what the user says goes before what the file says. */
export function sizeFrom(
  { size }: OpenOptions,
  inFile: Found<SensorSize> | undefined,
): Found<SensorSize> | undefined {
  return size ? found(size, 'set by the user') : inFile;
}
