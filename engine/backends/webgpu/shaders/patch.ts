import type { ConvolutionShape } from './convolutionShape';

/** Frames that a matrix kernel multiplies together: the rows of a subgroup matrix. */
export const FRAMES_AT_ONCE = 16;
/** Input channels per round: the inner length of one matrix. */
export const INNER = 16;

/** What a workgroup and each of its subgroups compute of a convolution's output, for {@link FRAMES_AT_ONCE} frames. */
export interface Patch {
  /** Pixels per workgroup. */
  readonly height: number;
  readonly width: number;
  /** Output channels per workgroup. */
  readonly columns: number;
  /** Pixels per subgroup; they divide the workgroup's. */
  readonly subgroupHeight: number;
  readonly subgroupWidth: number;
  /** Output channels per subgroup, a multiple of 32. */
  readonly subgroupColumns: number;
}

const forPatch = (
  [height, width, columns]: [number, number, number],
  [subgroupHeight, subgroupWidth, subgroupColumns]: [number, number, number],
): Patch => ({ height, width, columns, subgroupHeight, subgroupWidth, subgroupColumns });

/**
 * Patches of eight subgroups that fit 48 KiB of workgroup memory, the fastest on an H200 first (441, 413 and 414
 * TFLOP/s on spikes). More pixels per subgroup do not fit its registers.
 */
const PATCHES = [
  forPatch([4, 4, 128], [2, 4, 32]),
  forPatch([2, 6, 128], [2, 3, 32]),
  forPatch([4, 8, 64], [2, 4, 32]),
  forPatch([6, 6, 64], [3, 3, 32]),
];

/** Whether a convolution is one that patches are made for: 3 x 3, stride 1, as large as its input. */
export function fitsPatches(shape: ConvolutionShape): boolean {
  const { kernelHeight, kernelWidth, stride, paddingTop, paddingLeft, inputChannels } = shape;
  const isThree = kernelHeight === 3 && kernelWidth === 3 && paddingTop === 1 && paddingLeft === 1;
  return isThree && stride === 1 && inputChannels % 32 === 0;
}

/** Pixels of a frame that patches cover, with those beyond its edges. */
function coveredPixels({ outputHeight, outputWidth }: ConvolutionShape, { height, width }: Patch): number {
  return Math.ceil(outputHeight / height) * height * Math.ceil(outputWidth / width) * width;
}

/** The patch for a convolution that {@link fitsPatches}: of the widest that divide its channels, the least waste. */
export function patchFor(shape: ConvolutionShape): Patch | undefined {
  const columns = [128, 64].find((width) => shape.outputChannels % width === 0);
  return PATCHES.filter((patch) => patch.columns === columns).sort(
    (a, b) => coveredPixels(shape, a) - coveredPixels(shape, b),
  )[0];
}

/** Invocations of a workgroup: 32 for every subgroup. */
export function patchThreads(patch: Patch): number {
  const { height, width, columns, subgroupHeight, subgroupWidth, subgroupColumns } = patch;
  return ((height * width * columns) / (subgroupHeight * subgroupWidth * subgroupColumns)) * 32;
}

/** Patches across and down a frame, and groups of frames. */
export function patchCounts({ outputHeight, outputWidth, frames }: ConvolutionShape, patch: Patch) {
  return {
    across: Math.ceil(outputWidth / patch.width),
    down: Math.ceil(outputHeight / patch.height),
    groups: Math.ceil(frames / FRAMES_AT_ONCE),
  };
}

/** Workgroups of a convolution: x column tiles, y patches modulo 32768, z the rest. */
export function patchGroups(shape: ConvolutionShape, patch: Patch): [number, number, number] {
  const { across, down, groups } = patchCounts(shape, patch);
  const patches = across * down * groups;
  return [shape.outputChannels / patch.columns, Math.min(patches, 32768), Math.ceil(patches / 32768)];
}
