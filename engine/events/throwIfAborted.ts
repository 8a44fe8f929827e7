import { SpikeBridgeError } from '../errors';

/** @throws SpikeBridgeError (cancelled) when the signal is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new SpikeBridgeError('cancelled', 'this was cancelled', 'Nothing was left behind: run it again.');
  }
}
