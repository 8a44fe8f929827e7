import { SpikeBridgeError } from '../errors';
import { type EventBatch, sortedByTime } from '../events/eventBatch';
import { filterChain } from '../events/filters/filterChain';
import type { FrameRule } from './frameRule';
import { framesOfEvents } from './recordingFrames';

/** The events that the rule's filters keep, in time order. @throws SpikeBridgeError (data) where none is left. */
async function filtered(
  events: EventBatch,
  filters: FrameRule['filters'],
  file: string,
): Promise<EventBatch> {
  if (!filters) {
    return events;
  }
  const sorted = sortedByTime(events);
  const chain = filterChain(filters);
  await chain.survey(async function* () {
    yield sorted;
  });
  const kept = chain.apply(sorted);
  if (kept.t.length === 0) {
    throw new SpikeBridgeError(
      'data',
      `the filters leave none of the ${sorted.t.length} events of this recording`,
      'Change frames.filters in the run configuration; the editor of recordings shows what each filter keeps.',
      { file },
    );
  }
  return kept;
}

/**
 * Frames of one sample: its events filtered as recorded, then placed and counted by the rule.
 * @param events at least one. @param file named in errors only.
 * @returns [T, S, S, 2]; whole counts where nothing is resized.
 * @throws SpikeBridgeError (data) where no event is left, the events fit no sensor, or last too short a time.
 */
export async function sampleFrames(
  events: EventBatch,
  rule: FrameRule,
  file: string,
): Promise<Uint32Array | Float32Array> {
  return framesOfEvents(await filtered(events, rule.filters, file), rule, file);
}
