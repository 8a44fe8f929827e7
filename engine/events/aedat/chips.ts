import type { SensorSize } from '../eventBatch';

/** How the addresses of a jAER chip are laid out: `dvs128` in 15 bits, `davis` in 32 (formats.md 2). */
export interface Chip {
  readonly name: string;
  readonly layout: 'dvs128' | 'davis';
  readonly size: SensorSize;
}

const CHIPS: readonly (readonly [pattern: RegExp, name: string, layout: Chip['layout'], size: SensorSize])[] =
  [
    [/dvs128/i, 'DVS128', 'dvs128', { width: 128, height: 128 }],
    [/davis128/i, 'DAVIS128', 'davis', { width: 128, height: 128 }],
    [/davis208/i, 'DAVIS208', 'davis', { width: 208, height: 192 }],
    [/davis240|sbret10/i, 'DAVIS240', 'davis', { width: 240, height: 180 }],
    [/davis346/i, 'DAVIS346', 'davis', { width: 346, height: 260 }],
    [/davis(?:rgb)?640/i, 'DAVIS640', 'davis', { width: 640, height: 480 }],
  ];

/** The chip that a Java class name (`# AEChip: …`) or a device name (`#Source 1: …`) stands for. */
export function chipNamed(text: string): Chip | undefined {
  const simpleName = text.split('.').at(-1) ?? text;
  const known = CHIPS.find(([pattern]) => pattern.test(simpleName));
  return known && { name: known[1], layout: known[2], size: known[3] };
}

/** The chip of files that name none: before the AEChip line existed, recordings came from a DVS128. */
export const OLDEST_CHIP: Chip = { name: 'DVS128', layout: 'dvs128', size: { width: 128, height: 128 } };
