import { SpikeBridgeError } from '../../errors';
import type { EventBatch, SensorSize } from '../eventBatch';

/** What a format can hold; all limits are exclusive. */
export interface FormatLimits {
  /** As in messages: "ATIS 40-bit". */
  readonly title: string;
  readonly width: number;
  readonly height: number;
  /** Smallest timestamp in µs, inclusive. */
  readonly firstTime: number;
  /** µs, exclusive. */
  readonly timeLimit: number;
}

function cannotHold(title: string, what: string, nextStep: string): SpikeBridgeError {
  return new SpikeBridgeError('data', `${title} cannot hold ${what}`, nextStep);
}

const REBASE = 'Let the recording start at 0 µs (--rebase), write a shorter range, or choose another format.';

/**
 * Refuses events that a format cannot hold.
 * @throws SpikeBridgeError (data) naming the first such event and the limit.
 */
export function checkLimits({ t, x, y }: EventBatch, limits: FormatLimits): void {
  const { title, width, height, firstTime, timeLimit } = limits;
  for (let index = 0; index < t.length; index++) {
    const time = t[index]!;
    if (x[index]! >= width || y[index]! >= height) {
      throw cannotHold(
        title,
        `the event at pixel (${x[index]}, ${y[index]}), t ${time} µs: pixels lie below (${width}, ${height})`,
        'Keep only a region that fits (--roi), or choose another format.',
      );
    }
    if (!(time >= firstTime && time < timeLimit)) {
      throw cannotHold(
        title,
        `the timestamp ${time} µs: times lie from ${firstTime} to ${timeLimit - 1} µs`,
        REBASE,
      );
    }
    if (!Number.isInteger(time)) {
      throw cannotHold(title, `the timestamp ${time} µs: times are whole µs`, 'Write CSV.');
    }
  }
}

/** Limits of a format whose header states the sensor's size. */
export function limitsWithin(limits: FormatLimits, size: SensorSize): FormatLimits {
  return {
    ...limits,
    width: Math.min(limits.width, size.width),
    height: Math.min(limits.height, size.height),
  };
}
