import type { SensorSize } from '../eventBatch';
import type { FrameSample } from '../tracks';
import { framePicture } from './cameraFrames';
import { balancedSaturation, type PictureCounts, paintCounts, plainPicture } from './picture';
import type { PictureColors } from './pictureColors';

/** From picture to picture the strength follows the events slowly, so that a film does not flicker. */
const FOLLOW = 0.05;

/** A picture that shows through another one by a share in [0, 1]. */
function mixed(background: Uint8Array, picture: Uint8Array, share: number): Uint8Array {
  return picture.map((value, index) => Math.round(background[index]! + (value - background[index]!) * share));
}

/** Paints the pictures of one file, one after the other. */
export class PicturePainter {
  readonly #plain: Uint8Array;
  #frame: FrameSample | undefined;
  #under: Uint8Array;
  #saturation: number | undefined;

  /** `saturation` undefined: balanced. */
  constructor(
    private readonly options: {
      readonly size: SensorSize;
      readonly colors: PictureColors;
      readonly saturation?: number;
      readonly frameStrength?: number;
    },
  ) {
    this.#plain = plainPicture(options.size, options.colors.background);
    this.#under = this.#plain;
  }

  /** RGB [height, width, 3], in memory of its own. @param frame what lies under the events; undefined: the background. */
  paint(counts: PictureCounts, frame: FrameSample | undefined): Uint8Array {
    const { size, colors, saturation, frameStrength = 1 } = this.options;
    if (frame !== this.#frame) {
      this.#frame = frame;
      this.#under = frame ? mixed(this.#plain, framePicture(frame, size), frameStrength) : this.#plain;
    }
    return paintCounts(counts, this.#under, colors, saturation ?? this.#balanced(counts));
  }

  #balanced(counts: PictureCounts): number {
    const before = this.#saturation;
    const now = balancedSaturation(counts) ?? before ?? 1;
    this.#saturation = before === undefined ? now : before + FOLLOW * (now - before);
    return this.#saturation;
  }
}
