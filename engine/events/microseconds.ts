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
