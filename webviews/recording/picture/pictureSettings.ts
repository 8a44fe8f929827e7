/** Ways to draw events. `cloud` and `network` have drawings of their own. */
export const VIEW_KINDS = ['accumulation', 'decay', 'surface', 'contrast', 'cloud', 'network'] as const;
export type ViewKind = (typeof VIEW_KINDS)[number];

/** Views that are pictures of the sensor's size. */
export type PictureKind = Exclude<ViewKind, 'cloud' | 'network'>;

export const VIEW_TITLES: Readonly<Record<ViewKind, string>> = {
  accumulation: 'Accumulation',
  decay: 'Decay',
  surface: 'Surface',
  contrast: 'Contrast',
  cloud: 'Cloud',
  network: 'Network',
};

export const VIEW_HELP: Readonly<Record<ViewKind, string>> = {
  accumulation: 'Events of the slice, counted per pixel and polarity.',
  decay: 'Every event fades with exp(-age / tau); events of a pixel add up.',
  surface: 'Time surface: age of the latest event of each pixel and polarity, as exp(-age / tau).',
  contrast: 'ON minus OFF events of the slice per pixel: brighter and darker.',
  cloud: 'x-y-t cloud: events of the slice in space and time. Drag or use the arrow keys to turn it.',
  network: 'What the network sees: the exact input tensor of the chosen representation, step by step.',
};

/** How one pixel's values become a colour. */
export type Coloring =
  | { readonly kind: 'polarity'; readonly on: Rgb; readonly off: Rgb; readonly background: Rgb }
  | { readonly kind: 'map'; readonly map: Uint8Array };

export type Rgb = readonly [red: number, green: number, blue: number];

/** Everything a picture depends on besides its events. */
export interface PictureRule {
  readonly kind: PictureKind;
  readonly width: number;
  readonly height: number;
  /** Time of the playhead in µs. */
  readonly now: number;
  /** Time constant in µs, of `decay` and `surface`. */
  readonly tau: number;
  /** Value that is drawn at full strength; for `surface` always 1. */
  readonly fullScale: number;
  readonly coloring: Coloring;
  /** Opacity that a pixel with any event has at least, in [0, 1); polarity colours only. */
  readonly floor: number;
}

/** Fades are cut off after so many time constants: exp(-5) is under 1 %. */
export const FADE_LENGTHS = 5;
