import type { Coloring, PictureRule, Rgb } from './pictureSettings';
import type { Planes } from './planes';

/**
 * Colours of a picture as RGBA rows with alpha: a pixel without events is transparent, so that what lies under the
 * picture shows. The shader of the WebGL renderer computes the same.
 */

type Pixels = Uint8ClampedArray<ArrayBuffer>;

/** Bytes red, green, blue, alpha as one word; every machine that runs VS Code is little endian. */
function packColor(red: number, green: number, blue: number, alpha: number): number {
  return (Math.round(alpha) << 24) | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red);
}

function paintPolarity(
  pixels: Pixels,
  { values }: Planes,
  scale: number,
  floor: number,
  { on, off }: Extract<Coloring, { kind: 'polarity' }>,
): void {
  const words = new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.length / 4);
  const area = words.length;
  const [red, green, blue] = [on[0] - off[0], on[1] - off[1], on[2] - off[2]];
  for (let pixel = 0; pixel < area; pixel++) {
    const offValue = values[pixel]!;
    const onValue = values[area + pixel]!;
    if (offValue === 0 && onValue === 0) {
      words[pixel] = 0;
      continue;
    }
    const share = onValue / (offValue + onValue);
    const alpha = (floor + (1 - floor) * Math.min(1, Math.max(offValue, onValue) * scale)) * 255;
    words[pixel] = packColor(off[0] + share * red, off[1] + share * green, off[2] + share * blue, alpha);
  }
}

function paintMap(pixels: Pixels, { values }: Planes, scale: number, map: Uint8Array): void {
  const area = values.length / 2;
  for (let pixel = 0; pixel < area; pixel++) {
    const value = Math.max(values[pixel]!, values[area + pixel]!);
    const at = pixel * 4;
    const color = Math.min(255, Math.round(Math.min(1, value * scale) * 255)) * 3;
    pixels[at] = map[color]!;
    pixels[at + 1] = map[color + 1]!;
    pixels[at + 2] = map[color + 2]!;
    pixels[at + 3] = value === 0 ? 0 : 255;
  }
}

const CONTRAST_STEPS = 255;

function paintContrast(pixels: Pixels, { values }: Planes, scale: number, coloring: Coloring): void {
  const area = values.length / 2;
  const palette = contrastPalette(coloring);
  for (let pixel = 0; pixel < area; pixel++) {
    const off = values[pixel]!;
    const on = values[area + pixel]!;
    const at = pixel * 4;
    if (off === 0 && on === 0) {
      pixels[at + 3] = 0;
      continue;
    }
    const difference = Math.max(-1, Math.min(1, (on - off) * scale));
    const color = Math.round((difference + 1) * CONTRAST_STEPS) * 3;
    pixels[at] = palette[color]!;
    pixels[at + 1] = palette[color + 1]!;
    pixels[at + 2] = palette[color + 2]!;
    pixels[at + 3] = 255;
  }
}

/** Colours of differences from -1 to 1 in 511 steps. */
function contrastPalette(coloring: Coloring): Uint8ClampedArray {
  const palette = new Uint8ClampedArray((2 * CONTRAST_STEPS + 1) * 3);
  for (let step = 0; step <= 2 * CONTRAST_STEPS; step++) {
    palette.set(contrastColor(step / CONTRAST_STEPS - 1, coloring), step * 3);
  }
  return palette;
}

/** Colour of a difference in [-1, 1]: OFF, over the background, to ON; or along the map. */
function contrastColor(difference: number, coloring: Coloring): Rgb {
  if (coloring.kind === 'map') {
    const at = Math.round((difference * 0.5 + 0.5) * 255) * 3;
    return [coloring.map[at]!, coloring.map[at + 1]!, coloring.map[at + 2]!];
  }
  const target = difference >= 0 ? coloring.on : coloring.off;
  const share = Math.abs(difference);
  const mix = (channel: 0 | 1 | 2) =>
    coloring.background[channel] + share * (target[channel] - coloring.background[channel]);
  return [mix(0), mix(1), mix(2)];
}

/** Colours planes. @param pixels RGBA, 4 * height * width bytes; overwritten. */
export function paint(
  pixels: Pixels,
  planes: Planes,
  { kind, fullScale, floor, coloring }: PictureRule,
): void {
  const scale = 1 / (kind === 'surface' ? 1 : fullScale);
  if (kind === 'contrast') {
    paintContrast(pixels, planes, scale, coloring);
  } else if (coloring.kind === 'map') {
    paintMap(pixels, planes, scale, coloring.map);
  } else {
    paintPolarity(pixels, planes, scale, floor, coloring);
  }
}
