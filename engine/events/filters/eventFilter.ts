import type { z } from 'zod';
import type { EventBatch } from '../eventBatch';
import { checkedSettings } from '../settingsParameters';
import type { PixelCopy } from './pixelMemory';

/** Looks at all events that reach a filter, before the filter is applied to the first of them. */
export interface FilterSurvey {
  observe(events: EventBatch): void;
  /** Called behind the last batch; the filter then knows what to drop. */
  finish(): void;
}

/** What a filter remembers of the events it has seen. */
export interface FilterMemory {
  /** Whether it remembers for ever, so that no later stretch of the stream brings it back. */
  readonly isLasting: boolean;
  /** A copy of what is remembered now. */
  copy(): PixelCopy;
  /** Goes on from a copy of a filter with the same settings. */
  load(copy: PixelCopy): void;
}

/**
 * Drops events of a stream. Batches are passed in recording order; what a filter remembers of one batch counts in the
 * next, so that the result does not depend on where batches are cut.
 */
export interface EventFilter {
  /** The kept events in their order: the same object where all are kept, else a copy of its own. */
  apply(events: EventBatch): EventBatch;
  /** Forgets the events seen so far, as after a jump in time; what a survey found stays. */
  reset(): void;
  /** Present where the filter can only decide after a pass over the whole stream. */
  readonly survey?: FilterSurvey;
  /** Present where events before count. */
  readonly memory?: FilterMemory;
}

/** A kind of filter: its words for people and configurations, and how to make one. */
export interface FilterDefinition<Schema extends FilterSchema = FilterSchema> {
  /** As in configurations and on the command line; tonic's word where tonic has one. */
  readonly name: string;
  /** As shown to people. */
  readonly title: string;
  /** What is dropped, in one sentence. */
  readonly description: string;
  /** Settings: `name` and the parameters, each described with its unit. */
  readonly schema: Schema;
  /**
   * @param settings checked against `schema`.
   * @throws SpikeBridgeError (usage) where they do not fit.
   */
  create(settings: unknown): EventFilter;
}

/** Schema of a filter's settings: an object whose `name` is a literal. */
export type FilterSchema = z.ZodObject<{ name: z.ZodLiteral<string> }>;

/** Makes a definition whose `create` checks its settings first. */
export function defineFilter<Schema extends FilterSchema>(description: {
  readonly title: string;
  readonly description: string;
  readonly schema: Schema;
  readonly create: (settings: z.output<Schema>) => EventFilter;
}): FilterDefinition<Schema> {
  const { schema } = description;
  const definition = {
    ...description,
    // The same words where the filter stands in a run configuration.
    schema: schema.describe(description.description),
    name: schema.shape.name.value,
  };
  return {
    ...definition,
    create: (settings) => description.create(checkedSettings('filter', definition, settings)),
  };
}
