/** Time of one kernel over a measured stretch. */
export interface KernelTime {
  readonly label: string;
  readonly calls: number;
  readonly milliseconds: number;
}

/** Timestamps kept at once: two for every dispatch. */
const MOST_TIMESTAMPS = 4096;

/** Measures the time of kernels on the GPU by timestamp queries; every dispatch gets a pass of its own meanwhile. */
export class KernelClock {
  private readonly queries: GPUQuerySet;
  private readonly labels: string[] = [];

  constructor(private readonly device: GPUDevice) {
    this.queries = device.createQuerySet({ type: 'timestamp', count: MOST_TIMESTAMPS });
  }

  /** The pass in which a kernel is measured; nothing is measured once the timestamps are used up. */
  passFor(label: string): GPUComputePassDescriptor {
    const index = this.labels.length * 2;
    if (index + 2 > MOST_TIMESTAMPS) {
      return {};
    }
    this.labels.push(label);
    return {
      timestampWrites: {
        querySet: this.queries,
        beginningOfPassWriteIndex: index,
        endOfPassWriteIndex: index + 1,
      },
    };
  }

  /** Times by kernel, the longest first; call behind the last submission. The clock is used up. */
  async read(): Promise<KernelTime[]> {
    const bytes = Math.max(1, this.labels.length) * 16;
    const usage = GPUBufferUsage;
    const resolved = this.device.createBuffer({ size: bytes, usage: usage.QUERY_RESOLVE | usage.COPY_SRC });
    const staging = this.device.createBuffer({ size: bytes, usage: usage.COPY_DST | usage.MAP_READ });
    const encoder = this.device.createCommandEncoder();
    encoder.resolveQuerySet(this.queries, 0, this.labels.length * 2, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, bytes);
    this.device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const stamps = new BigUint64Array(staging.getMappedRange().slice(0));
    for (const owned of [resolved, staging, this.queries]) {
      owned.destroy();
    }
    const times = new Map<string, { calls: number; milliseconds: number }>();
    this.labels.forEach((label, index) => {
      const before = times.get(label) ?? { calls: 0, milliseconds: 0 };
      const nanoseconds = Number((stamps[2 * index + 1] as bigint) - (stamps[2 * index] as bigint));
      times.set(label, { calls: before.calls + 1, milliseconds: before.milliseconds + nanoseconds / 1e6 });
    });
    return [...times]
      .map(([label, time]) => ({ label, ...time }))
      .sort((left, right) => right.milliseconds - left.milliseconds);
  }
}
