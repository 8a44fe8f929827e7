import type { Coloring, Rgb } from './pictureSettings';

/** A way to colour events that the user can choose. */
export interface ColorScheme {
  readonly id: string;
  readonly label: string;
  readonly background: Rgb;
  readonly coloring: Coloring;
  /** Representative colours of ON and OFF, for plots and legends. */
  readonly on: Rgb;
  readonly off: Rgb;
}

type Stop = readonly [share: number, color: Rgb];

/** 256 colours along straight lines between stops. */
function gradient(stops: readonly Stop[]): Uint8Array {
  const map = new Uint8Array(256 * 3);
  for (let index = 0; index < 256; index++) {
    const share = index / 255;
    const above = Math.max(
      1,
      stops.findIndex(([place]) => place >= share),
    );
    const [from, start] = stops[above - 1]!;
    const [to, end] = stops[above]!;
    const mix = (share - from) / (to - from);
    for (const channel of [0, 1, 2] as const) {
      map[index * 3 + channel] = Math.round(start[channel] + mix * (end[channel] - start[channel]));
    }
  }
  return map;
}

function polarityScheme(id: string, label: string, on: Rgb, off: Rgb, background: Rgb): ColorScheme {
  return { id, label, on, off, background, coloring: { kind: 'polarity', on, off, background } };
}

function mapScheme(id: string, label: string, stops: readonly Stop[]): ColorScheme {
  const map = gradient(stops);
  const color = (index: number): Rgb => [map[index * 3]!, map[index * 3 + 1]!, map[index * 3 + 2]!];
  return {
    id,
    label,
    on: color(220),
    off: color(110),
    background: color(0),
    coloring: { kind: 'map', map },
  };
}

/** Polarity pairs first, then colour maps of the value alone. Blue and orange differ for every kind of colour vision. */
export const COLOR_SCHEMES: readonly ColorScheme[] = [
  polarityScheme('ice', 'Ice and ember', [104, 189, 255], [255, 138, 76], [10, 12, 16]),
  polarityScheme('night', 'White and blue on night', [255, 255, 255], [72, 128, 255], [24, 31, 48]),
  polarityScheme('redGreen', 'Green and red', [64, 232, 96], [255, 70, 70], [0, 0, 0]),
  polarityScheme('paper', 'Blue and red on paper', [20, 80, 220], [214, 32, 44], [255, 255, 255]),
  polarityScheme('grey', 'White and black on grey', [255, 255, 255], [0, 0, 0], [128, 128, 128]),
  mapScheme('greyMap', 'Grey', [
    [0, [0, 0, 0]],
    [1, [255, 255, 255]],
  ]),
  mapScheme('violet', 'Violet to yellow', [
    [0, [20, 8, 40]],
    [0.25, [66, 50, 130]],
    [0.5, [32, 130, 140]],
    [0.75, [98, 200, 96]],
    [1, [253, 231, 60]],
  ]),
  mapScheme('heat', 'Heat', [
    [0, [0, 0, 4]],
    [0.3, [96, 18, 110]],
    [0.6, [214, 60, 70]],
    [0.85, [252, 165, 40]],
    [1, [252, 255, 170]],
  ]),
  mapScheme('rainbow', 'Rainbow', [
    [0, [36, 20, 60]],
    [0.2, [60, 100, 235]],
    [0.4, [30, 205, 205]],
    [0.6, [130, 240, 80]],
    [0.8, [245, 170, 45]],
    [1, [180, 20, 10]],
  ]),
];

/** Follows the theme of VS Code: dark or light stage. */
export const THEME_SCHEME = 'theme';

/** The scheme with an id; the one that fits the theme where there is none. */
export function colorScheme(id: string, light = isLightTheme()): ColorScheme {
  const known = COLOR_SCHEMES.find((scheme) => scheme.id === id);
  return known ?? COLOR_SCHEMES.find((scheme) => scheme.id === (light ? 'paper' : 'ice'))!;
}

/** The scheme of a picture. The theme's scheme over a camera frame is the one for dark stages: frames are dark. */
export function pictureScheme(id: string, isOverFrame: boolean): ColorScheme {
  return isOverFrame ? colorScheme(id, false) : colorScheme(id);
}

function isLightTheme(): boolean {
  return /vscode-(high-contrast-)?light/.test(document.body.className);
}

/** As #rrggbb. */
export function hexColor(color: Rgb): string {
  return `#${color.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** As rgb(). */
export function cssColor(color: Rgb): string {
  return `rgb(${color.join(' ')})`;
}

/** A grey for lines and names that is visible on a background. */
export function lineColor(background: Rgb): Rgb {
  const dark = background[0] + background[1] + background[2] < 384;
  return dark ? [200, 205, 215] : [60, 65, 75];
}
