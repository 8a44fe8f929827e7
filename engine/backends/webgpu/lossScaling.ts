import type { LossScaleState } from '../stepSupport';

/** Steps without overflow after which the scale is doubled, as usual for mixed precision. */
const PATIENCE = 500;
const START = 2 ** 12;
const LARGEST = 2 ** 20;

/**
 * The factor by which the loss is multiplied before the backward pass, so that small gradients do not vanish in
 * halves: halved where a gradient overflowed (that step is skipped), doubled after many steps without.
 */
export class LossScaling {
  private current = START;
  private stepsSinceChange = 0;
  private skipped = 0;

  /** @param isActive false in f32: the scale stays 1, and skipped steps are counted only. */
  constructor(private readonly isActive: boolean) {}

  get scale(): number {
    return this.isActive ? this.current : 1;
  }

  /** Steps skipped one after another, up to the last that was noted. */
  get skippedInRow(): number {
    return this.skipped;
  }

  /** What {@link restore} continues from; undefined in f32. */
  get state(): LossScaleState | undefined {
    return this.isActive ? { scale: this.current, stepsSinceChange: this.stepsSinceChange } : undefined;
  }

  /** Continues from a checkpoint; in f32 nothing is to continue. */
  restore({ scale, stepsSinceChange }: LossScaleState): void {
    this.current = Math.min(LARGEST, Math.max(1, scale));
    this.stepsSinceChange = stepsSinceChange;
  }

  /** @param hasOverflowed whether a gradient of the step was not finite. */
  note(hasOverflowed: boolean): void {
    this.stepsSinceChange++;
    this.skipped = hasOverflowed ? this.skipped + 1 : 0;
    if (hasOverflowed) {
      this.current = Math.max(1, this.current / 2);
      this.stepsSinceChange = 0;
    } else if (this.stepsSinceChange >= PATIENCE) {
      this.current = Math.min(LARGEST, this.current * 2);
      this.stepsSinceChange = 0;
    }
  }
}
