import type { DataId } from './storage';

/** What {@link Holders} asks of the backend. */
export interface ValueUses {
  /** Tensors, saved ones included, and holders that share these values. */
  refCount(dataId: DataId): number;
  /** Whether the values are there as float32, however they are kept. */
  isUnpacked(dataId: DataId): boolean;
}

/** Which of our tensors keep which values alive because their own are computed from them. */
export class Holders {
  private readonly holders = new WeakMap<DataId, DataId[]>();

  constructor(private readonly uses: ValueUses) {}

  add(held: DataId, holder: DataId): void {
    this.holders.set(held, [...this.of(held), holder]);
  }

  /** Takes back one {@link add}. */
  remove(held: DataId, holder: DataId): void {
    const left = [...this.of(held)];
    left.splice(left.indexOf(holder), 1);
    this.holders.set(held, left);
  }

  private of(held: DataId): readonly DataId[] {
    return this.holders.get(held) ?? [];
  }

  /**
   * Whether nobody needs the input x of a BatchNorm once its gradient is known from dy: the only references are the one
   * that tfjs saved for that gradient and those of outputs that are done. A convolution, another BatchNorm or a stock
   * kernel that reads x in the backward pass has saved it too; a clone that somebody holds counts as well.
   */
  isReadByNormOnly(x: DataId, dy: DataId): boolean {
    const outputs = this.of(x);
    const isReadByOthers = this.uses.refCount(x) > outputs.length + 1;
    return !isReadByOthers && outputs.every((y) => this.isNormDone(y, dy));
  }

  /**
   * Whether BatchNorm's output y is not computed from its input again: its values are there, or its only readers are the
   * neurons whose gradient is dy; and other gradients that are computed from it are there, too.
   */
  private isNormDone(y: DataId, dy: DataId): boolean {
    const gradients = this.of(y);
    const saved = gradients.includes(dy) ? 1 : 0; // by tfjs, for those neurons
    const isReadByOthers = this.uses.refCount(y) > gradients.length + saved;
    const areKnown = gradients.every((gradient) => gradient === dy || this.uses.isUnpacked(gradient));
    return areKnown && (this.uses.isUnpacked(y) || !isReadByOthers);
  }
}
