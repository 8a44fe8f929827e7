import type { DataId } from './storage';

/** The tensors that the running kernel of ours has made so far: nobody else knows of them until it returns. */
export class KernelTensors {
  private made?: DataId[];

  add(dataId: DataId): void {
    this.made?.push(dataId);
  }

  /** Runs a kernel. @param free called with every tensor that it has made where it fails. */
  during<Result>(compute: () => Result, free: (dataId: DataId) => void): Result {
    const outer = this.made;
    const made: DataId[] = [];
    this.made = made;
    try {
      return compute();
    } catch (error) {
      made.forEach(free);
      throw error;
    } finally {
      this.made = outer;
    }
  }
}
