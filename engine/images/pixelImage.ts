/** An image of 8 bits per channel. */
export interface PixelImage {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** 1: grey; 3: red, green, blue. */
  readonly channels: 1 | 3;
  /** [height, width, channels]. */
  readonly pixels: Uint8Array;
}
