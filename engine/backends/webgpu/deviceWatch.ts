import { SpikeBridgeError } from '../../errors';

const gibibytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

function outOfMemory(allocatedBytes: number): SpikeBridgeError {
  return new SpikeBridgeError(
    'backend',
    `the GPU has no memory left beyond the ${gibibytes(allocatedBytes)} that this run holds`,
    'Halve training.batchPairs and resume from the last checkpoint, end other programs on this GPU, or use precision "f16".',
  );
}

function lost(reason: string): SpikeBridgeError {
  return new SpikeBridgeError(
    'backend',
    `the GPU was lost${reason ? `: ${reason}` : ''}`,
    'Resume the run: it continues from its last checkpoint. If it happens again, look at the driver, or use the backend "simd".',
  );
}

/**
 * Calls `onFailure` when the device runs out of memory or is lost (driver reset, unplugged), but not when it is closed.
 * @param onFailure gets a function from the bytes held to the error to report.
 */
export function watchDevice(
  device: GPUDevice,
  onFailure: (failure: (allocatedBytes: number) => SpikeBridgeError) => void,
): void {
  device.addEventListener('uncapturederror', (event) => {
    const { error } = event as GPUUncapturedErrorEvent;
    if (error instanceof GPUOutOfMemoryError) {
      onFailure(outOfMemory);
    }
  });
  void device.lost.then(({ reason, message }) => {
    if (reason !== 'destroyed') {
      onFailure(() => lost(message));
    }
  });
}
