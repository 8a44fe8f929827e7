import { reportOf } from '../errors';
import type { FrameRule } from './frameRule';
import { readSamples, type SampleSource } from './sampleEvents';
import { sampleFrames } from './sampleFrames';
import type { SampleCheck } from './workerMessages';

async function checkSample(source: SampleSource, rule: FrameRule): Promise<SampleCheck> {
  try {
    let count = 0;
    for await (const { events } of readSamples([source], rule)) {
      await sampleFrames(events, rule, source.file);
      count += events.t.length;
    }
    return { events: count };
  } catch (error) {
    return { events: 0, problem: reportOf(error) };
  }
}

/**
 * Decodes samples as a run would and gives what is wrong with each, in their order. Slices of one file are read in one
 * pass, and one by one only where that fails.
 */
export async function checkSamples(
  sources: readonly SampleSource[],
  rule: FrameRule,
): Promise<SampleCheck[]> {
  try {
    const checks: SampleCheck[] = [];
    for await (const { source, events } of readSamples(sources, rule)) {
      await sampleFrames(events, rule, source.file);
      checks.push({ events: events.t.length });
    }
    return checks;
  } catch {
    const checks: SampleCheck[] = [];
    for (const source of sources) {
      checks.push(await checkSample(source, rule));
    }
    return checks;
  }
}
