import { SpikeBridgeError } from '../../errors';

/** What a check of an image set found. */
export interface ImageReport {
  /** Classes that are there, in the set's order, with their numbers of images. */
  readonly classes: readonly { readonly name: string; readonly count: number }[];
  /** Classes and files of the official set that are not there. */
  readonly missing: readonly string[];
  /** Files that cannot be read or decoded, absolute, and why. */
  readonly corrupt: readonly { readonly file: string; readonly message: string }[];
  /** What differs from the official set, but stops nothing. */
  readonly warnings: readonly string[];
}

/** A damaged file, as a report lists it. @throws what is no SpikeBridgeError (data) of a file. */
export function corruptFile(error: unknown): ImageReport['corrupt'][number] {
  if (error instanceof SpikeBridgeError && error.category === 'data' && error.place.file) {
    return { file: error.place.file, message: error.message };
  }
  throw error;
}
