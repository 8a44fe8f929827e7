import { SpikeBridgeError } from '../../errors';
import { gibibytes, MemoryShortage } from '../memoryShortage';

/**
 * Errors of memory come when much more has been asked for: the buffer that failed is known by its label only, which
 * tells what was held before it.
 */
const LABEL = /held (\d+)/;

/**
 * Has every buffer's label tell how many bytes were held before it, and refuses one that the GPU never takes before it
 * is asked: after a refusal of its own, nothing computed since could be trusted.
 */
function watchBuffers(device: GPUDevice, heldBytes: () => number): void {
  const create = device.createBuffer.bind(device);
  const { maxBufferSize } = device.limits;
  device.createBuffer = (descriptor) => {
    if (descriptor.size > maxBufferSize) {
      throw new MemoryShortage(
        `a tensor takes ${gibibytes(descriptor.size)}; this GPU takes at most ${gibibytes(maxBufferSize)} in one piece`,
        'Lower training.batchPairs, or use precision "f16".',
        { share: maxBufferSize / descriptor.size },
      );
    }
    return create({ ...descriptor, label: `held ${heldBytes()}` });
  };
}

function outOfMemory(message: string, heldBytes: number): SpikeBridgeError {
  const availableBytes = Number(LABEL.exec(message)?.[1] ?? heldBytes);
  return new MemoryShortage(
    `the GPU has no memory left beyond the ${gibibytes(availableBytes)} that this run holds`,
    'Lower training.batchPairs, end other programs on this GPU, or use precision "f16".',
    { availableBytes },
  );
}

function lost(reason: string): SpikeBridgeError {
  return new SpikeBridgeError(
    'backend',
    `the GPU was lost${reason ? `: ${reason}` : ''}`,
    'Resume the run: it continues from its last checkpoint. If it happens again, look at the driver, or use the backend "simd".',
  );
}

/** The GPU took a shader or a command for wrong. @param message Dawn's. */
export function refusedWork(message: string): SpikeBridgeError {
  return new SpikeBridgeError(
    'backend',
    `the GPU refused work of SpikeBridge: ${message.split('\n')[0]}`,
    'Use precision "f32" or the backend "simd", and please report it with the output of "spikebridge doctor".',
  );
}

/**
 * Calls `onFailure` when the device runs out of memory, refuses work or is lost (driver reset, unplugged), but not when
 * it is closed. After a refusal memory holds old values, so nothing computed since can be trusted.
 * @param heldBytes memory held now, without a buffer that is being made.
 */
export function watchDevice(
  device: GPUDevice,
  heldBytes: () => number,
  onFailure: (failure: SpikeBridgeError) => void,
): void {
  watchBuffers(device, heldBytes);
  device.addEventListener('uncapturederror', (event) => {
    const { error } = event as GPUUncapturedErrorEvent;
    onFailure(
      error instanceof GPUOutOfMemoryError
        ? outOfMemory(error.message, heldBytes())
        : refusedWork(error.message),
    );
  });
  void device.lost.then(({ reason, message }) => {
    if (reason !== 'destroyed') {
      onFailure(lost(message));
    }
  });
}
