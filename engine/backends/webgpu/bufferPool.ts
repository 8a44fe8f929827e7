/** Members of tfjs's BufferManager (4.22) that are private in its types. */
interface Pool {
  readonly freeBuffers: ReadonlyMap<string, GPUBuffer[]>;
  numFreeBuffers: number;
  numBytesAllocated: number;
}

/**
 * Gives the buffers that wait for reuse back to the GPU: batches of another size take others. Work that uses them must
 * have been submitted.
 * @param manager tfjs's BufferManager.
 */
export function destroyFreeBuffers(manager: object): void {
  const pool = manager as Pool;
  for (const buffers of pool.freeBuffers.values()) {
    for (const buffer of buffers.splice(0)) {
      pool.numFreeBuffers--;
      pool.numBytesAllocated -= buffer.size;
      buffer.destroy();
    }
  }
}
