const MICROSECONDS_PER_UNIT: Readonly<Record<string, number>> = {
  '': 1,
  us: 1,
  µs: 1,
  μs: 1,
  ms: 1000,
  s: 1e6,
  min: 60e6,
};

const TIME = /^([+-]?\d+(?:\.\d+)?)\s*(us|µs|μs|ms|s|min)?$/;

/** Reads a time with a unit: "1500" and "1500us" are µs, "1.5ms", "2s", "3min". @returns µs, or undefined. */
export function parseMicroseconds(text: string): number | undefined {
  const [, amount, unit = ''] = TIME.exec(text.trim()) ?? [];
  return amount === undefined ? undefined : Math.round(Number(amount) * MICROSECONDS_PER_UNIT[unit]!);
}

/** A time for people: "850 µs", "33.3 ms", "1.2 s". @param microseconds not negative. */
export function formatMicroseconds(microseconds: number): string {
  if (microseconds < 1000) {
    return `${Math.round(microseconds)} µs`;
  }
  if (microseconds < 1e6) {
    return `${(microseconds / 1000).toPrecision(3)} ms`;
  }
  return `${(microseconds / 1e6).toPrecision(4)} s`;
}
