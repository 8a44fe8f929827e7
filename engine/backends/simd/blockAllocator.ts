import { sizeClassOf } from './sizeClasses';

/** A free range of addresses, in bytes. */
interface Span {
  readonly address: number;
  readonly size: number;
}

/** Bytes handed out, now and at most so far, and the end of the used address range. */
export interface AllocatorStatistics {
  readonly bytesInUse: number;
  readonly peakBytes: number;
  readonly highWater: number;
}

/** Merges neighbouring free spans; the result is sorted by address. */
function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.address - b.address)) {
    const last = merged.at(-1);
    if (last && last.address + last.size === span.address) {
      merged[merged.length - 1] = { address: last.address, size: last.size + span.size };
    } else {
      merged.push(span);
    }
  }
  return merged;
}

/**
 * Hands out blocks of the address range [start, limit). Freed blocks wait in one list per size class; when nothing
 * fits, all free blocks are merged and cut anew.
 */
export class BlockAllocator {
  private readonly freeBlocks = new Map<number, number[]>();
  private readonly sizes = new Map<number, number>();
  private spans: Span[] = [];
  private top: number;
  private inUse = 0;
  private peak = 0;

  constructor(
    start: number,
    private readonly limit: number,
  ) {
    this.top = start;
  }

  statistics(): AllocatorStatistics {
    return { bytesInUse: this.inUse, peakBytes: this.peak, highWater: this.top };
  }

  /**
   * A block of at least `bytes` bytes (> 0), aligned to 64.
   * @returns its address, or undefined when the range is exhausted.
   */
  allocate(bytes: number): number | undefined {
    const size = sizeClassOf(bytes);
    const address = this.takeFree(size) ?? this.takeTop(size) ?? this.takeMerged(size);
    if (address !== undefined) {
      this.sizes.set(address, size);
      this.inUse += size;
      this.peak = Math.max(this.peak, this.inUse);
    }
    return address;
  }

  /** Gives a block back. Throws a RangeError if no block starts at `address`. */
  free(address: number): void {
    const size = this.sizes.get(address);
    if (size === undefined) {
      throw new RangeError(`no block at address ${address}`);
    }
    this.sizes.delete(address);
    this.inUse -= size;
    const blocks = this.freeBlocks.get(size);
    if (blocks) {
      blocks.push(address);
    } else {
      this.freeBlocks.set(size, [address]);
    }
  }

  private takeFree(size: number): number | undefined {
    return this.freeBlocks.get(size)?.pop() ?? this.takeSpan(size);
  }

  private takeSpan(size: number): number | undefined {
    const index = this.spans.findIndex((span) => span.size >= size);
    const span = this.spans[index];
    if (!span) {
      return undefined;
    }
    const rest = span.size - size;
    this.spans.splice(index, 1, ...(rest > 0 ? [{ address: span.address + size, size: rest }] : []));
    return span.address;
  }

  private takeTop(size: number): number | undefined {
    if (this.top + size > this.limit) {
      return undefined;
    }
    this.top += size;
    return this.top - size;
  }

  private takeMerged(size: number): number | undefined {
    const blocks = [...this.freeBlocks].flatMap(([blockSize, addresses]) =>
      addresses.map((address) => ({ address, size: blockSize })),
    );
    this.freeBlocks.clear();
    this.spans = mergeSpans([...this.spans, ...blocks]);
    const last = this.spans.at(-1);
    if (last && last.address + last.size === this.top) {
      this.top = last.address;
      this.spans.pop();
    }
    return this.takeSpan(size) ?? this.takeTop(size);
  }
}
