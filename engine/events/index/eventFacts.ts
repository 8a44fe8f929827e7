import type { EventBatch } from '../eventBatch';

/** Totals of a whole recording. */
export interface EventFacts {
  readonly events: number;
  readonly onEvents: number;
  /** Timestamp of the first event in file order, in µs; 0 without events. */
  readonly firstTimestamp: number;
  /** Timestamp of the last event in file order, in µs; 0 without events. */
  readonly lastTimestamp: number;
  /** Smallest and largest timestamp in µs: others than first and last where timestamps step back. */
  readonly lowestTimestamp: number;
  readonly highestTimestamp: number;
  /** Events whose timestamp is smaller than that of the event before. */
  readonly backwardSteps: number;
  /** Largest of these falls in µs; 0 where there is none. */
  readonly largestBackwardStep: number;
  readonly sumX: number;
  readonly sumY: number;
  /** Largest coordinates: a sensor is at least one pixel larger. */
  readonly maxX: number;
  readonly maxY: number;
}

/** Extremes of the timestamps of one batch, in µs. */
export interface TimeSpan {
  readonly lowest: number;
  readonly highest: number;
}

/** Adds up facts batch by batch. */
export class FactCounter {
  private events = 0;
  private onEvents = 0;
  private first = 0;
  private last = Number.NEGATIVE_INFINITY;
  private lowest = Number.POSITIVE_INFINITY;
  private highest = Number.NEGATIVE_INFINITY;
  private backwardSteps = 0;
  private largestBackwardStep = 0;
  private sumX = 0;
  private sumY = 0;
  private maxX = 0;
  private maxY = 0;

  /** @param batch at least one event. */
  add(batch: EventBatch): TimeSpan {
    if (this.events === 0) {
      this.first = batch.t[0]!;
    }
    this.events += batch.t.length;
    this.addPixels(batch);
    return this.addTimes(batch.t);
  }

  private addPixels({ x, y, polarity }: EventBatch): void {
    let [sumX, sumY, on, maxX, maxY] = [0, 0, 0, this.maxX, this.maxY];
    for (let index = 0; index < x.length; index++) {
      const column = x[index]!;
      const row = y[index]!;
      sumX += column;
      sumY += row;
      on += polarity[index]!;
      maxX = Math.max(column, maxX);
      maxY = Math.max(row, maxY);
    }
    this.sumX += sumX;
    this.sumY += sumY;
    this.onEvents += on;
    this.maxX = maxX;
    this.maxY = maxY;
  }

  private addTimes(t: Float64Array): TimeSpan {
    let last = this.last;
    let lowest = t[0]!;
    let highest = lowest;
    let backward = 0;
    let largest = this.largestBackwardStep;
    for (let index = 0; index < t.length; index++) {
      const time = t[index]!;
      if (time < last) {
        backward++;
        largest = Math.max(last - time, largest);
        lowest = Math.min(time, lowest);
      } else if (time > highest) {
        highest = time;
      }
      last = time;
    }
    this.last = last;
    this.backwardSteps += backward;
    this.largestBackwardStep = largest;
    this.lowest = Math.min(this.lowest, lowest);
    this.highest = Math.max(this.highest, highest);
    return { lowest, highest };
  }

  facts(): EventFacts {
    const empty = this.events === 0;
    const { events, onEvents, backwardSteps, largestBackwardStep, sumX, sumY, maxX, maxY } = this;
    return {
      events,
      onEvents,
      firstTimestamp: this.first,
      lastTimestamp: empty ? 0 : this.last,
      lowestTimestamp: empty ? 0 : this.lowest,
      highestTimestamp: empty ? 0 : this.highest,
      backwardSteps,
      largestBackwardStep,
      sumX,
      sumY,
      maxX,
      maxY,
    };
  }
}
