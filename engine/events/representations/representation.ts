import type { z } from 'zod';
import { type EventBatch, type SensorSize, sortedByTime } from '../eventBatch';
import { checkedSettings } from '../settingsParameters';
import type { EventTensor } from './eventTensor';

/** Schema of a representation's settings: an object whose `name` is a literal. */
export type RepresentationSchema = z.ZodObject<{ name: z.ZodLiteral<string> }>;

/** A kind of representation: its words for people and configurations, and how to compute it. */
export interface RepresentationDefinition<Schema extends RepresentationSchema = RepresentationSchema> {
  /** As in configurations and on the command line; tonic's word where tonic has one. */
  readonly name: string;
  /** As shown to people. */
  readonly title: string;
  /** What its values are, in one sentence. */
  readonly description: string;
  readonly schema: Schema;
  /** @throws SpikeBridgeError (usage) where settings do not fit `schema`. */
  check(settings: unknown): void;
  /**
   * @param events of one recording or time range, in any order.
   * @param settings checked against `schema`.
   * @throws SpikeBridgeError (usage) where the settings do not fit, or ask for more than 1 GiB.
   */
  compute(events: EventBatch, sensor: SensorSize, settings: unknown): EventTensor;
}

/** Makes a definition whose `compute` checks its settings and is given events in time order. */
export function defineRepresentation<Schema extends RepresentationSchema>(description: {
  readonly title: string;
  readonly description: string;
  readonly schema: Schema;
  readonly compute: (events: EventBatch, sensor: SensorSize, settings: z.output<Schema>) => EventTensor;
}): RepresentationDefinition<Schema> {
  const { schema } = description;
  const definition = { ...description, name: schema.shape.name.value };
  const checked = (settings: unknown) => checkedSettings('representation', definition, settings);
  return {
    ...definition,
    check: checked,
    compute: (events, sensor, settings) => {
      const fitting = checked(settings);
      return description.compute(sortedByTime(events), sensor, fitting);
    },
  };
}
