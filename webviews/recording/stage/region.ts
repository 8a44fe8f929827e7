import type { ChainStep } from '../viewState';

/** A rectangle of whole pixels. */
export interface PixelRegion {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

type CropSettings = Extract<ChainStep['settings'], { readonly name: 'Crop' }>;

function isCrop(step: ChainStep): step is ChainStep & { readonly settings: CropSettings } {
  return step.settings.name === 'Crop';
}

/** The region that the chain crops to; undefined where it does not, or does not say where. */
export function regionOf(chain: readonly ChainStep[]): PixelRegion | undefined {
  const step = chain.find((each) => isCrop(each) && each.enabled);
  if (!step || !isCrop(step)) {
    return undefined;
  }
  // Settings that were kept from another time may lack what the filter needs.
  const { x, y, width, height }: Partial<CropSettings> = step.settings;
  const isWhole = [x, y, width, height].every(Number.isFinite);
  return isWhole ? { x: x!, y: y!, width: width!, height: height! } : undefined;
}

/** The chain with this region: its crop step is changed, or put in front; without a region it is taken out. */
export function withRegion(
  chain: readonly ChainStep[],
  region: PixelRegion | undefined,
): readonly ChainStep[] {
  const index = chain.findIndex(isCrop);
  if (!region) {
    return index < 0 ? chain : chain.toSpliced(index, 1);
  }
  const step: ChainStep = { settings: { name: 'Crop', ...region }, enabled: true };
  return index < 0 ? [step, ...chain] : chain.toSpliced(index, 1, step);
}

/** The rectangle between two pixels, both inclusive, within the sensor. */
export function regionBetween(
  from: { readonly x: number; readonly y: number },
  to: { readonly x: number; readonly y: number },
  sensor: { readonly width: number; readonly height: number },
): PixelRegion {
  const clampTo = (value: number, size: number) => Math.min(size - 1, Math.max(0, value));
  const [left, right] = [clampTo(from.x, sensor.width), clampTo(to.x, sensor.width)].sort((a, b) => a - b);
  const [top, bottom] = [clampTo(from.y, sensor.height), clampTo(to.y, sensor.height)].sort((a, b) => a - b);
  return { x: left!, y: top!, width: right! - left! + 1, height: bottom! - top! + 1 };
}
