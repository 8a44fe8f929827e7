import path from 'node:path';
import { chosenClasses, type ImageClass } from './classNames';

/** The images of a set, in the set's own order. */
export interface ImageListing {
  /** Absolute folder that the files' paths start at. */
  readonly folder: string;
  /** Path of each image inside `folder`, with forward slashes. */
  readonly files: readonly string[];
  /** Class after class, in the set's order. */
  readonly classes: readonly ImageClass[];
  /** What differs from the official set, but stops nothing. */
  readonly warnings: readonly string[];
}

/** A class and its files (paths inside the folder). */
export interface ClassFiles {
  readonly name: string;
  readonly files: readonly string[];
}

/** A listing whose images come class after class. */
export function listingByClass(
  folder: string,
  groups: readonly ClassFiles[],
  warnings: readonly string[] = [],
): ImageListing {
  let next = 0;
  const classes = groups.map(({ name, files }) => ({ name, images: files.map(() => next++) }));
  return { folder, files: groups.flatMap(({ files }) => files), classes, warnings };
}

/**
 * The part of a listing that has some classes only; indices count anew, order and warnings stay.
 * @param chosen names; undefined for all.
 * @throws SpikeBridgeError (configuration) for a class that the set does not have.
 */
export function chooseClasses(listing: ImageListing, chosen: readonly string[] | undefined): ImageListing {
  if (!chosen) {
    return listing;
  }
  const classes = chosenClasses(listing.classes, chosen, listing.folder);
  const kept = classes.flatMap(({ images }) => images).sort((left, right) => left - right);
  const indices = new Map(kept.map((image, index) => [image, index]));
  return {
    ...listing,
    files: kept.map((image) => listing.files[image]!),
    classes: classes.map(({ name, images }) => ({
      name,
      images: images.map((image) => indices.get(image)!),
    })),
  };
}

/** `<class>/<file name without its ending>` of every image. */
export function imageNames({ files, classes }: ImageListing): string[] {
  const names: string[] = [];
  for (const { name, images } of classes) {
    for (const image of images) {
      names[image] = `${name}/${path.posix.parse(files[image]!).name}`;
    }
  }
  return names;
}

/** Absolute path of an image. */
export function imageFile({ folder, files }: ImageListing, image: number): string {
  return path.join(folder, ...files[image]!.split('/'));
}
