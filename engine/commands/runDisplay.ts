import type { MetricsRecord } from '../runs/metricsRecord';
import type { RunStatus } from '../runs/runStatus';
import { durationText, rateText } from '../runs/runText';
import type { RunObserver } from '../training/transferRun';
import { formatBar, formatPercent, type Output } from './output';

/** One line about where a run is: bar, iteration, loss, accuracy, speed, time left. */
export function formatStatus(status: RunStatus): string {
  const { activity, iteration, iterations, progress, lastLoss, lastAccuracy, pairsPerSecond, secondsLeft } =
    status;
  const parts = [
    `${formatBar(progress)} ${Math.floor(100 * progress)} %`,
    activity,
    iterations > 0 ? `iteration ${iteration}/${iterations}` : '',
    lastLoss === undefined ? '' : `loss ${lastLoss.toFixed(3)}`,
    lastAccuracy === undefined ? '' : `accuracy ${formatPercent(lastAccuracy)}`,
    pairsPerSecond ? rateText(pairsPerSecond) : '',
    secondsLeft === undefined ? '' : `${durationText(secondsLeft)} left`,
  ];
  return parts.filter((part) => part !== '').join('  ');
}

/** Shows a run on a terminal as one live line and a line per evaluation. */
export class RunDisplay implements RunObserver {
  constructor(
    private readonly output: Output,
    private readonly label: string,
  ) {}

  onStatus(status: RunStatus): void {
    this.output.transient(`${this.label}  ${formatStatus(status)}`);
  }

  onNotice(text: string): void {
    this.output.note(`${this.label}  ${text}`);
  }

  onRecord(record: MetricsRecord): void {
    if (record.kind === 'evaluation') {
      const { iteration, iterations, accuracy, loss, recordings } = record;
      const result = `test accuracy ${formatPercent(accuracy)}, loss ${loss.toFixed(3)} (${recordings} tested)`;
      this.output.note(`${this.label}  iteration ${iteration}/${iterations}: ${result}`);
    }
  }
}

/** Prints status and records as JSON lines, for other programs. */
export class JsonDisplay implements RunObserver {
  constructor(private readonly output: Output) {}

  onStatus(status: RunStatus): void {
    this.output.print(JSON.stringify({ kind: 'status', ...status }));
  }

  onNotice(text: string): void {
    this.output.print(JSON.stringify({ kind: 'notice', text }));
  }

  onRecord(record: MetricsRecord): void {
    this.output.print(JSON.stringify(record));
  }
}
