import type { SensorSize } from '../eventBatch';
import type { FormatId } from '../formats';

/** What a `system_ID` tells of old recordings that state no geometry (formats.md 5). */
export interface PropheseeSystem {
  readonly sensor: string;
  readonly size: SensorSize;
  readonly format: FormatId;
}

const VGA = { width: 640, height: 480 };
const HD = { width: 1280, height: 720 };

const FAMILIES: readonly (readonly [ids: readonly number[], sensor: string, size: SensorSize])[] = [
  [[0x15, 0x17, 0x19, 0x1c, 0x1d, 0x21, 0x22, 0x23, 0x28, 0x29], 'Gen3', VGA],
  [[0x1a, 0x1e, 0x1f, 0x27, 0x2e, 0x30], 'Gen4', HD],
  [[0x31, 0x32], 'IMX636', HD],
];
const EVT3_IDS = [0x1e, 0x28, 0x2e, 0x30, 0x31, 0x32];

/** @param id decimal number of the header key system_ID. */
export function systemOf(id: number): PropheseeSystem | undefined {
  const family = FAMILIES.find(([ids]) => ids.includes(id));
  return family && { sensor: family[1], size: family[2], format: EVT3_IDS.includes(id) ? 'evt3' : 'evt2' };
}

/** Boards from this id on write EVT 2.1 in plain little endian (formats.md 5.2). */
export const FIRST_LITTLE_ENDIAN_SYSTEM = 0x37;
