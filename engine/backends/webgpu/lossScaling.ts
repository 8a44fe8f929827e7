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

  /** 1 in f32. */
  constructor(private readonly isActive: boolean) {}

  get scale(): number {
    return this.isActive ? this.current : 1;
  }

  /** @param hasOverflowed whether a gradient of the step was not finite. */
  note(hasOverflowed: boolean): void {
    this.stepsSinceChange++;
    if (hasOverflowed) {
      this.current = Math.max(1, this.current / 2);
      this.stepsSinceChange = 0;
    } else if (this.stepsSinceChange >= PATIENCE) {
      this.current = Math.min(LARGEST, this.current * 2);
      this.stepsSinceChange = 0;
    }
  }
}
