import type { SensorSize } from '../eventBatch';

/** How the addresses of a jAER chip are laid out: `dvs128` in 15 bits, `davis` in 32 (formats.md 2). */
export interface Chip {
  readonly name: string;
  readonly layout: 'dvs128' | 'davis';
  readonly size: SensorSize;
}

const CHIPS: readonly (readonly [pattern: RegExp, layout: Chip['layout'], size: SensorSize])[] = [
  [/^(?:dvs128|tmpdiff128)\b/i, 'dvs128', { width: 128, height: 128 }],
  [/davis128/i, 'davis', { width: 128, height: 128 }],
  [/davis208/i, 'davis', { width: 208, height: 192 }],
  [/davis240|sbret10/i, 'davis', { width: 240, height: 180 }],
  [/davis346/i, 'davis', { width: 346, height: 260 }],
  [/davis(?:rgb)?640/i, 'davis', { width: 640, height: 480 }],
];

/** The chip that a Java class name (`# AEChip: …`) or a device name (`#Source 1: …`) stands for. */
export function chipNamed(text: string): Chip | undefined {
  const name = text.split('.').at(-1) ?? text;
  const known = CHIPS.find(([pattern]) => pattern.test(name));
  return known && { name, layout: known[1], size: known[2] };
}

/** The smallest usual DAVIS that holds so many columns and rows. */
export function davisOfAtLeast({ width, height }: SensorSize): Chip | undefined {
  return ['DAVIS240', 'DAVIS346', 'DAVIS640']
    .map(chipNamed)
    .find((chip) => chip && width <= chip.size.width && height <= chip.size.height);
}

/** The chip of files that name none: before the AEChip line existed, recordings came from a DVS128. */
export const OLDEST_CHIP: Chip = { name: 'DVS128', layout: 'dvs128', size: { width: 128, height: 128 } };
