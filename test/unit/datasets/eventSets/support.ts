import assert from 'node:assert/strict';
import path from 'node:path';
import type { EventDataConfiguration } from '../../../../engine/datasets/eventDataSchema';
import { eventDataSchema } from '../../../../engine/datasets/eventDataSchema';
import { frameRuleOf, listEventSet } from '../../../../engine/datasets/eventSets/eventSets';
import { decodePack, unpackFrames } from '../../../../engine/datasets/framePack';
import { frameLength } from '../../../../engine/datasets/frameRule';
import type { ManifestEntry } from '../../../../engine/datasets/manifest';

/** A configuration with the defaults of its format. */
export function configured(section: Record<string, unknown>): EventDataConfiguration {
  return eventDataSchema.parse(section);
}

/** Decodes some samples of a data set as a run does: one list of frames [T, S, S, 2] per sample. */
export async function framesOf(
  events: EventDataConfiguration,
  frames: { timeSteps: number; sizePixels: number },
  choose: (recordings: readonly ManifestEntry[]) => readonly (ManifestEntry | undefined)[],
): Promise<Float32Array[]> {
  const { root, recordings } = await listEventSet(events);
  const rule = frameRuleOf(events, frames);
  const chosen = choose(recordings).map((entry) => {
    assert.ok(entry, 'the sample is in the list');
    return { file: path.join(root, entry.file), ...(entry.slice && { slice: entry.slice }) };
  });
  const pack = await decodePack(chosen, rule);
  const length = frameLength(rule);
  return chosen.map((_, index) => {
    const values = new Float32Array(length);
    unpackFrames(pack, index, rule, { values, offset: 0, stride: length / frames.timeSteps });
    return values;
  });
}

/** Compares frames to 1e-5 of counts. */
export function assertClose(actual: Float32Array, expected: readonly number[], what = 'frames'): void {
  assert.equal(actual.length, expected.length);
  assert.ok(
    expected.some((value) => value !== 0),
    `${what}: something is expected`,
  );
  for (const [index, value] of expected.entries()) {
    assert.ok(
      Math.abs(actual[index]! - value) < 1e-5,
      `${what}: ${actual[index]} instead of ${value} at ${index}`,
    );
  }
}

/** Names and counts of classes, in order. */
export function countsOf(
  classes: readonly string[],
  recordings: readonly ManifestEntry[],
): [string, number][] {
  return classes.map((name, label) => [name, recordings.filter((each) => each.label === label).length]);
}
