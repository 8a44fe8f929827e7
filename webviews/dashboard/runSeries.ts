import type { RunUpdate } from '../../engine/protocol/dashboardProtocol';
import type { EvaluationRecord, IterationRecord, MetricsRecord } from '../../engine/runs/metricsRecord';

/** What the horizontal axis counts. */
export const X_AXES = ['iteration', 'epoch', 'time'] as const;
export type XAxis = (typeof X_AXES)[number];

/** Drops what a resumed run repeats: everything at or after `iteration`. */
function rewind(records: { readonly iteration: number }[], iteration: number): void {
  while (records.length > 0 && records.at(-1)!.iteration >= iteration) {
    records.pop();
  }
}

/** The metrics of one run in iteration order, as the plots need them. */
export class RunSeries {
  readonly iterations: IterationRecord[] = [];
  readonly evaluations: EvaluationRecord[] = [];
  /** For each epoch that was seen, the index in `iterations` of its first iteration. */
  readonly #epochStarts: { epoch: number; index: number }[] = [];

  /** Adds the records of an update; a reset forgets what came before. */
  apply({ newRecords, reset }: Pick<RunUpdate, 'newRecords' | 'reset'>): void {
    if (reset) {
      this.iterations.length = 0;
      this.evaluations.length = 0;
      this.#epochStarts.length = 0;
    }
    for (const record of newRecords) {
      this.#add(record);
    }
  }

  #add(record: MetricsRecord): void {
    if (record.kind === 'evaluation') {
      rewind(this.evaluations, record.iteration);
      this.evaluations.push(record);
      return;
    }
    rewind(this.iterations, record.iteration);
    // An evaluation belongs to the iteration before it, so it survives a rewind to the next one.
    rewind(this.evaluations, record.iteration);
    while ((this.#epochStarts.at(-1)?.index ?? -1) >= this.iterations.length) {
      this.#epochStarts.pop();
    }
    if (this.#epochStarts.at(-1)?.epoch !== record.epoch) {
      this.#epochStarts.push({ epoch: record.epoch, index: this.iterations.length });
    }
    this.iterations.push(record);
  }

  /** Horizontal positions of the iterations. An epoch's iterations spread evenly over [epoch, epoch + 1). */
  iterationPositions(axis: XAxis): number[] {
    if (axis !== 'epoch') {
      return this.iterations.map((record) => (axis === 'time' ? record.elapsedSeconds : record.iteration));
    }
    const positions: number[] = [];
    for (const [order, { epoch, index }] of this.#epochStarts.entries()) {
      const end = this.#epochStarts[order + 1]?.index ?? this.iterations.length;
      const length = Math.max(end - index, this.#epochStarts[order + 1] ? 0 : this.#epochLength());
      for (let at = index; at < end; at++) {
        positions.push(epoch + (at - index) / length);
      }
    }
    return positions;
  }

  #epochLength(): number {
    const [first, second] = this.#epochStarts;
    return second && first ? second.index - first.index : this.iterations.length;
  }

  /** Horizontal positions of the evaluations: those of the iterations after which they were made. */
  evaluationPositions(axis: XAxis): number[] {
    if (axis === 'iteration') {
      return this.evaluations.map(({ iteration }) => iteration);
    }
    if (axis === 'time') {
      return this.evaluations.map(({ elapsedSeconds }) => elapsedSeconds);
    }
    const positions = this.iterationPositions('epoch');
    const byIteration = new Map(
      this.iterations.map(({ iteration }, index) => [iteration, positions[index]!]),
    );
    return this.evaluations.map(({ iteration }) => byIteration.get(iteration) ?? 0);
  }
}
