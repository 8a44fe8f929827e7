import type { ConvolutionShape } from './convolutionShape';

/**
 * Pixels of all frames in one row, with as many zeros behind every image row and behind every frame's last row as the
 * filter reaches over the edge. The zeros behind a row are those before the next one too, so every neighbour of a pixel
 * lies at a distance that is the same for all pixels: `dy * rowLength + dx`.
 */
export interface PaddedGrid {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** Positions from an image row to the next. */
  readonly rowLength: number;
  /** Positions from a frame to the next. */
  readonly frameLength: number;
  readonly positions: number;
  /** Positions from a pixel to its first neighbour, and to its last one. */
  readonly reach: number;
}

/** Whether a convolution keeps the size of its frames and reaches equally far in all directions. */
export function fitsPaddedGrid(shape: ConvolutionShape): boolean {
  const { kernelHeight, kernelWidth, stride, paddingTop, paddingLeft } = shape;
  const reach = (kernelHeight - 1) / 2;
  return (
    stride === 1 && kernelHeight === kernelWidth && paddingTop === reach && paddingLeft === reach && reach > 0
  );
}

/** @param shape that {@link fitsPaddedGrid}. */
export function paddedGrid({ width, height, frames, paddingTop: padding }: ConvolutionShape): PaddedGrid {
  const rowLength = width + padding;
  const frameLength = (height + padding) * rowLength;
  return {
    width,
    height,
    frames,
    rowLength,
    frameLength,
    positions: frames * frameLength,
    reach: padding * rowLength + padding,
  };
}

/** Positions that the neighbourhoods of `rows` positions in a row cover. */
export function readableRows({ reach }: PaddedGrid, rows: number): number {
  return rows + 2 * reach;
}

/** WGSL: `pixel` (index among all frames' pixels) and `isInside` of a position (i32, may be outside of all frames). */
export function placeOfPosition({ frameLength, rowLength, ...grid }: PaddedGrid, position: string): string {
  return `let frame = ${position} / ${frameLength};
    let inFrame = ${position} % ${frameLength};
    let y = inFrame / ${rowLength};
    let x = inFrame % ${rowLength};
    let isInside = ${position} >= 0 && frame < ${grid.frames} && y < ${grid.height} && x < ${grid.width};
    let pixel = (frame * ${grid.height} + y) * ${grid.width} + x;`;
}
