import { SpikeBridgeError } from '../../errors';
import { checkClasses, type ImageClass, namesOf } from './classNames';

/** Which images of each class are used; positions count from 0 in the set's order, both ends are inclusive. */
export interface ClassSelection {
  readonly from?: number;
  readonly to?: number;
  readonly perClass?: number;
}

/** The selected of a class's images. */
export function selectImages(
  images: readonly number[],
  { from = 0, to = images.length - 1, perClass = images.length }: ClassSelection,
): readonly number[] {
  return images.slice(from, to + 1).slice(0, perClass);
}

/**
 * Selected images of each class of the recordings, in the recordings' order.
 * @param set name of the set's file or folder, for errors.
 * @throws SpikeBridgeError (data) where image and recording classes differ, or nothing of a class is selected.
 */
export function selectByClass(
  found: readonly ImageClass[],
  classes: readonly string[],
  selection: ClassSelection,
  set: string,
): Uint32Array[] {
  checkClasses(
    classes,
    found.map(({ name }) => name),
    set,
  );
  const imagesOf = new Map(found.map(({ name, images }) => [name, selectImages(images, selection)]));
  const bare = found.filter(({ images }) => images.length === 0).map(({ name }) => name);
  if (bare.length > 0) {
    throw new SpikeBridgeError(
      'data',
      `the image set holds no image of ${namesOf(bare)}`,
      'Point data.images.folder to the folder of the images, or add images of these classes.',
      { file: set },
    );
  }
  const empty = classes.filter((name) => imagesOf.get(name)!.length === 0);
  if (empty.length > 0) {
    throw new SpikeBridgeError(
      'data',
      `data.images.from and to select no image of ${namesOf(empty)}`,
      'Widen the selection of data.images.',
      { file: set },
    );
  }
  return classes.map((name) => Uint32Array.from(imagesOf.get(name)!));
}
