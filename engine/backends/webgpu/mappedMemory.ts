import { SpikeBridgeError } from '../../errors';
import { engineRuntime } from '../runtime';

/** This program refuses to look at memory of native modules; another one on the same machine may not. */
export class MappedMemoryRefused extends SpikeBridgeError {
  constructor(cause: unknown) {
    const { electron, node } = engineRuntime();
    super(
      'backend',
      `this runtime (${electron ? `Electron ${electron}` : `Node ${node}`}) refuses memory of native modules, which reading from the GPU needs`,
      'Install Node 20 or newer, or name one in the setting spikebridge.engine.nodePath; the engine then runs on it.',
      {},
      { cause },
    );
  }
}

const VALUES = [1, 2, 3, 4];
/** Dawn ends the process where it frees memory that it could not show; what failed here is kept until the end. */
const abandoned: unknown[] = [];

/**
 * Reads back a few values that were written to the GPU: Electron shows no memory of native modules.
 * @throws MappedMemoryRefused: the device must not be used any more, nor closed.
 */
export async function requireMappedMemory(device: GPUDevice): Promise<void> {
  const bytes = VALUES.length * 4;
  const buffer = device.createBuffer({
    size: bytes,
    usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
  });
  try {
    device.queue.writeBuffer(buffer, 0, new Float32Array(VALUES));
    await buffer.mapAsync(GPUMapMode.READ);
    const read = [...new Float32Array(buffer.getMappedRange())];
    if (read.join() !== VALUES.join()) {
      throw new Error(`${read.join(', ')} was read instead of ${VALUES.join(', ')}`);
    }
  } catch (cause) {
    abandoned.push(device, buffer);
    throw new MappedMemoryRefused(cause);
  }
  buffer.destroy();
}
