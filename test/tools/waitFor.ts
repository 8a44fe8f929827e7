/** Resolves after `ms` milliseconds. */
export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Polls `probe` until it yields something other than undefined, null or false, and resolves to that. Rejects with an
 * error naming `what` (and the last error that `probe` threw) after `limitMs` milliseconds.
 */
export async function waitFor<Value>(
  what: string,
  probe: () => Promise<Value | undefined | null | false> | Value | undefined | null | false,
  limitMs = 45_000,
): Promise<Value> {
  const end = Date.now() + limitMs;
  let lastError: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== null && value !== false) {
        return value;
      }
    } catch (error) {
      lastError = error;
    }
    if (Date.now() > end) {
      throw new Error(`no ${what} after ${limitMs / 1000} s`, { cause: lastError });
    }
    await delay(100);
  }
}
