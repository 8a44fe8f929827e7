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

function broken(message: string): SpikeBridgeError {
  return new SpikeBridgeError(
    'backend',
    `the GPU refused work of SpikeBridge: ${message.split('\n')[0]}`,
    'Use precision "f32" or the backend "simd", and please report it with the output of "spikebridge doctor".',
  );
}

/**
 * Calls `onFailure` when the device runs out of memory, refuses work or is lost (driver reset, unplugged), but not when
 * it is closed. After a refusal memory holds old values, so nothing computed since can be trusted.
 * @param onFailure gets a function from the bytes held to the error to report.
 */
export function watchDevice(
  device: GPUDevice,
  onFailure: (failure: (allocatedBytes: number) => SpikeBridgeError) => void,
): void {
  device.addEventListener('uncapturederror', (event) => {
    const { error } = event as GPUUncapturedErrorEvent;
    onFailure(error instanceof GPUOutOfMemoryError ? outOfMemory : () => broken(error.message));
  });
  void device.lost.then(({ reason, message }) => {
    if (reason !== 'destroyed') {
      onFailure(() => lost(message));
    }
  });
}
