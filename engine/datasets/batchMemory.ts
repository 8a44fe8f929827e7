/** Batches that may be in use at once: one that is trained on, one that is expanded. */
const KEPT = 2;

/** Memory of expanded batches that is used again: getting 42 MiB from the system takes longer than filling them. */
export class BatchMemory {
  private readonly kept: Float32Array<ArrayBuffer>[] = [];
  private next = 0;

  /** Zeros; they overwrite what was taken two calls before. @param length in values. */
  take(length: number): Float32Array<ArrayBuffer> {
    const old = this.kept[this.next];
    const memory = old?.length === length ? old.fill(0) : new Float32Array(length);
    this.kept[this.next] = memory;
    this.next = (this.next + 1) % KEPT;
    return memory;
  }
}
