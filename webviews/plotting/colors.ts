export type Rgb = readonly [number, number, number];

const HEX_SHORT = /^#([\da-f])([\da-f])([\da-f])/i;
const HEX_LONG = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})/i;
const FUNCTIONAL = /^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/i;

/** Red, green and blue in [0, 255] of a CSS colour (#rgb, #rrggbb[aa], rgb(), rgba()); undefined for others. */
export function parseColor(text: string): Rgb | undefined {
  const color = text.trim();
  const short = HEX_SHORT.exec(color);
  const long = HEX_LONG.exec(color);
  if (long) {
    return [long[1]!, long[2]!, long[3]!].map((part) => Number.parseInt(part, 16)) as unknown as Rgb;
  }
  if (short) {
    return [short[1]!, short[2]!, short[3]!].map((part) =>
      Number.parseInt(part + part, 16),
    ) as unknown as Rgb;
  }
  const functional = FUNCTIONAL.exec(color);
  return functional ? [Number(functional[1]), Number(functional[2]), Number(functional[3])] : undefined;
}

/** The colour at `share` in [0, 1] on the way through `stops`, as rgb(). */
export function ramp(stops: readonly Rgb[], share: number): string {
  const position = Math.min(Math.max(share, 0), 1) * (stops.length - 1);
  const index = Math.min(Math.floor(position), stops.length - 2);
  const from = stops[Math.max(index, 0)]!;
  const to = stops[index + 1] ?? from;
  const mix = from.map((part, channel) => Math.round(part + (to[channel]! - part) * (position - index)));
  return `rgb(${mix.join(',')})`;
}

/** A colour with another opacity in [0, 1]; colours that cannot be read stay as they are. */
export function withOpacity(color: string, opacity: number): string {
  const rgb = parseColor(color);
  return rgb ? `rgba(${rgb.join(',')},${opacity})` : color;
}

/** A colour without transparency; colours that cannot be read stay as they are. */
export function opaque(color: string): string {
  const rgb = parseColor(color);
  return rgb ? `rgb(${rgb.join(',')})` : color;
}
