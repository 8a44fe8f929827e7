const TIMECODE = /^(?:(\d+):)?(\d+):(\d{1,2})(?:\.([\d ]{1,8}))?$/;
const UNITS: Readonly<Record<string, number>> = { us: 1, µs: 1, μs: 1, ms: 1e3, s: 1e6, min: 60e6 };
const AMOUNT = /^(\d+(?:\.\d+)?)\s*(us|µs|μs|ms|s|min)?$/;

/** A time as minutes, seconds and µs: "0:01.234 567". @param microseconds from the recording's start. */
export function timecode(microseconds: number): string {
  const whole = Math.max(0, Math.round(microseconds));
  const seconds = Math.floor(whole / 1e6);
  const fraction = String(whole % 1e6).padStart(6, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const head = hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}` : String(minutes);
  return `${head}:${String(seconds % 60).padStart(2, '0')}.${fraction.slice(0, 3)} ${fraction.slice(3)}`;
}

/**
 * Reads a time as people write it: "1234567" and "1 234 567" are µs, "1.5 ms" and "2s" carry their unit, "0:01.234 567"
 * is what {@link timecode} writes.
 * @returns whole µs, or undefined where it is no time.
 */
export function parseTime(text: string): number | undefined {
  const trimmed = text.trim().toLowerCase();
  const code = TIMECODE.exec(trimmed);
  if (code) {
    const [, hours = '0', minutes, seconds, fraction = ''] = code;
    const micros = Number(fraction.replaceAll(' ', '').padEnd(6, '0').slice(0, 6));
    return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1e6 + micros;
  }
  const amount = AMOUNT.exec(trimmed.replace(/(\d)[ ,](?=\d{3})/g, '$1'));
  return amount ? Math.round(Number(amount[1]) * (UNITS[amount[2] ?? 'us'] ?? 1)) : undefined;
}

/** A length of time for people: "850 µs", "33.3 ms", "1.2 s", "2 min 5 s", "5 h 0 min". */
export function durationText(microseconds: number): string {
  const whole = Math.round(microseconds);
  if (whole < 1000) {
    return `${whole} µs`;
  }
  const milliseconds = Number((whole / 1e3).toPrecision(3));
  if (milliseconds < 1000) {
    return `${milliseconds} ms`;
  }
  const seconds = Math.round(whole / 1e6);
  if (seconds < 120) {
    return `${Number((whole / 1e6).toPrecision(3))} s`;
  }
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${seconds % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** "1 event", "1,234 events". */
export function eventsText(count: number): string {
  return `${countText(count)} event${Math.round(count) === 1 ? '' : 's'}`;
}

/** A count with thousands apart: "1,234,567". */
export function countText(count: number): string {
  return Math.round(count).toLocaleString('en');
}

/** A large number short: "950", "12.3 k", "4.56 M". */
export function shortCount(count: number): string {
  if (count < 1000) {
    return String(Math.round(count * 10) / 10);
  }
  const [value, unit] =
    count < 1e6 ? [count / 1e3, 'k'] : count < 1e9 ? [count / 1e6, 'M'] : [count / 1e9, 'G'];
  return `${Number(value.toPrecision(3))} ${unit}`;
}

/** A share of something as per cent: "51 %", "0.42 %". */
export function percentText(share: number): string {
  const percent = share * 100;
  return `${percent === 0 || percent >= 10 ? Math.round(percent) : Number(percent.toPrecision(2))} %`;
}

/** A speed of playing: "0.1 x". */
export function speedText(speed: number): string {
  return `${Number(speed.toPrecision(3))}×`;
}
