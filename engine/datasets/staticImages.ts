import type { PlaneSource } from './planeSource';

/** Static images by class. */
export interface StaticImages {
  /** Image indices of each class, in the classes' order; none empty. Indices count through the whole set. */
  readonly imagesOfClass: readonly Uint32Array[];
  /** What the network inputs of all images are written from (planeWriter). */
  readonly planes: PlaneSource;
  /** Name of the file or folder, for manifests. */
  readonly file: string;
  /** Images there are in all, selected or not. */
  readonly count: number;
  /** What tells an image from others: `<class>/<file name without its ending>`, or `<class>/<index>` in a container. */
  nameOf(image: number): string;
  /** What the user should know, but what stops nothing. */
  readonly warnings: readonly string[];
  /**
   * Loads the colours of one size (from the cache, else decoded), so that {@link colours} has them.
   * @param size S in pixels.
   * @throws SpikeBridgeError (data) naming the file; (cancelled) by the signal the images were loaded with.
   */
  prepareColours(size: number): Promise<void>;
  /** The images in colour, as a teacher sees them. @param size S in pixels; {@link prepareColours} must have ended. */
  colours(size: number): ColourImages;
}

/** Colour images of one size. */
export interface ColourImages {
  /** Writes red, green and blue in [0, 1]; a grey image has three equal ones. @param target [S, S, 3] at `offset`. */
  write(image: number, target: Float32Array, offset: number): void;
}
