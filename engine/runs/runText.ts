import type { RunStatus } from './runStatus';

const SECONDS_PER_MINUTE = 60;
const SECONDS_PER_HOUR = 3600;

/** A share in [0, 1] as "93.4 %". */
export function percentText(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** A figure with three significant digits: "0.123", "8.15", "81.5", and whole from 100 on: "3512". */
export function figureText(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** A speed of training: "0.123 pairs/s". */
export function rateText(pairsPerSecond: number): string {
  return `${figureText(pairsPerSecond)} pairs/s`;
}

/** Seconds as "45 s", "3 min 20 s" or "2 h 05 min". */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const pad = (value: number) => String(value).padStart(2, '0');
  if (whole < SECONDS_PER_MINUTE) {
    return `${whole} s`;
  }
  if (whole < SECONDS_PER_HOUR) {
    return `${Math.floor(whole / SECONDS_PER_MINUTE)} min ${pad(whole % SECONDS_PER_MINUTE)} s`;
  }
  const minutes = Math.floor((whole % SECONDS_PER_HOUR) / SECONDS_PER_MINUTE);
  return `${Math.floor(whole / SECONDS_PER_HOUR)} h ${pad(minutes)} min`;
}

/** The part of a status that {@link progressText} tells. */
export type RunProgress = Pick<
  RunStatus,
  'state' | 'activity' | 'iteration' | 'iterations' | 'lastAccuracy' | 'secondsLeft'
>;

/** One line on a live run: iteration, accuracy, time left. */
export function progressText(status: RunProgress): string {
  const training = status.iteration > 0;
  const parts = [
    training ? `${status.iteration}/${status.iterations}` : status.activity || status.state,
    status.lastAccuracy === undefined ? undefined : percentText(status.lastAccuracy),
    status.secondsLeft === undefined ? undefined : `${durationText(status.secondsLeft)} left`,
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}

/** Share of the whole run in [0, 1]; before the first iteration, 0. */
export function runShare(status: RunStatus): number {
  return status.iterations > 0 ? Math.min(1, status.iteration / status.iterations) : 0;
}
