/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** Colours of a picture of events. */
export interface PictureColors {
  readonly background: Rgb;
  /** Where there are as many events as the picture saturates at, or more. */
  readonly on: Rgb;
  readonly off: Rgb;
}

/** Colour maps by name. The pairs keep apart for people who tell red and green badly. */
export const PICTURE_COLORS = {
  dark: { background: [18, 20, 26], on: [120, 200, 255], off: [255, 140, 60] },
  light: { background: [255, 255, 255], on: [0, 90, 181], off: [220, 50, 32] },
  gray: { background: [128, 128, 128], on: [255, 255, 255], off: [0, 0, 0] },
  counts: { background: [0, 0, 0], on: [255, 255, 255], off: [255, 255, 255] },
} as const satisfies Record<string, PictureColors>;

export type PictureColorsName = keyof typeof PICTURE_COLORS;
