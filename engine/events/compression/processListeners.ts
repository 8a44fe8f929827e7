const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * Runs a loader of an emscripten module and takes back the listeners that it put on the process: they would turn every
 * stray rejection of the program into its end.
 */
export async function withoutProcessListeners<T>(load: () => Promise<T>): Promise<T> {
  if (typeof process === 'undefined' || typeof process.listeners !== 'function') {
    return load();
  }
  const before = EVENTS.map((event) => new Set<unknown>(process.rawListeners(event)));
  try {
    return await load();
  } finally {
    EVENTS.forEach((event, index) => {
      for (const listener of process.rawListeners(event)) {
        if (!before[index]!.has(listener)) {
          process.removeListener(event, listener as () => void);
        }
      }
    });
  }
}
