/** Static images by class. */
export interface StaticImages {
  /** Image indices of each class, in the classes' order; none empty. */
  readonly imagesOfClass: readonly Uint32Array[];
  /**
   * Writes the network input of an image: bilinear 28 -> S with half-pixel centres, /255, (x - 0.1307) / 0.3081.
   * @param target [S, S] at `offset`; overwritten.
   */
  writePlane(image: number, target: Float32Array, offset: number): void;
  /** Name of the file, for manifests. */
  readonly file: string;
  /** Images there are in all, selected or not. */
  readonly count: number;
  /** The images in colour, as a teacher sees them. @param size S in pixels. */
  colours(size: number): ColourImages;
}

/** Colour images of one size. */
export interface ColourImages {
  /** Writes red, green and blue in [0, 1]; a grey image has three equal ones. @param target [S, S, 3] at `offset`. */
  write(image: number, target: Float32Array, offset: number): void;
}
