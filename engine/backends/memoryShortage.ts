import { SpikeBridgeError } from '../errors';

/** What is known of the memory that a batch did not fit. */
export interface MemoryRoom {
  /** Bytes that this process could hold on the device. */
  readonly availableBytes?: number;
  /** Part of the batch that one binding of the device takes, in (0, 1). */
  readonly share?: number;
}

/** A batch does not fit a device's memory; whoever knows the batch names the one that would (training/memoryFit.ts). */
export class MemoryShortage extends SpikeBridgeError {
  constructor(
    message: string,
    nextStep: string,
    readonly room: MemoryRoom,
  ) {
    super('backend', message, nextStep);
  }
}

/** For people: "8.9 GiB". */
export const gibibytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
