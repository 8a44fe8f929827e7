import { availableParallelism } from 'node:os';
import { throwIfCancelled } from '../decodePool';

/** Images being decoded at a time: enough for all cores while others are resized. */
const AT_A_TIME = Math.min(8, availableParallelism() + 2);

/**
 * Runs `use` for 0 … count - 1, several at a time; the event loop turns between two images.
 * @throws the first error of `use`, when all that were begun have ended; SpikeBridgeError (cancelled) on abort.
 */
export async function forEachImage(
  count: number,
  use: (image: number) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  let next = 0;
  async function work(): Promise<void> {
    while (next < count) {
      throwIfCancelled(signal);
      await use(next++);
    }
  }
  const workers = Array.from({ length: Math.min(AT_A_TIME, count) }, () =>
    work().catch((error) => {
      next = count;
      throw error;
    }),
  );
  const results = await Promise.allSettled(workers);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) {
    throw failed.reason;
  }
}
