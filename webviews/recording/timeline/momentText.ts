import type { NumberedSample } from '../../../engine/protocol/recordingProtocol';
import type { EditorModel } from '../editorModel';
import { shortCount, timecode } from '../text/timeText';
import { intervalsOf } from './lanes';
import { nearestMark, sampleAt } from './marks';
import { frameText, imuText, triggerText } from './sampleText';

type Moment = Pick<EditorModel, 'summary' | 'view' | 'samples' | 'index' | 'player'>;

function rateAt({ index }: Moment, time: number): string[] {
  if (!index) {
    return [];
  }
  const { first, binMicroseconds, on, off } = index.rate;
  const bin = Math.floor((time - first) / binMicroseconds);
  return [`${shortCount(((on[bin] ?? 0) + (off[bin] ?? 0)) / (binMicroseconds / 1e6))} ev/s`];
}

function labelsAt({ summary, view }: Moment, time: number): string[] {
  const names = intervalsOf(summary.labels)
    .filter(({ from, to }) => from <= time && time < to)
    .map(({ name }) => name);
  return view.labels && names.length > 0 ? [`Label ${[...new Set(names)].join(', ')}`] : [];
}

function trackAt(
  { summary, player }: Moment,
  track: number,
  samples: readonly NumberedSample[],
  time: number,
  reach: number,
): string[] {
  const isExact = samples.at(-1)?.number === samples.length - 1;
  const count = summary.tracks[track]?.count ?? (isExact ? samples.length : undefined);
  const isMark = summary.tracks[track]?.kind === 'trigger';
  const sample = isMark ? nearestMark(samples, time, reach) : sampleAt(samples, time);
  switch (sample?.kind) {
    case 'frame':
      return [frameText(sample, count, isExact)];
    case 'imu':
      return [imuText(sample)];
    case 'trigger':
      return [triggerText(sample, player.start)];
    default:
      return [];
  }
}

/** What labels and tracks tell of a time in µs, one line each. @param reach how near a trigger must be, in µs. */
export function momentDetails(moment: Moment, time: number, reach: number): string[] {
  const tracks = [...moment.samples].flatMap(([track, samples]) =>
    trackAt(moment, track, samples, time, reach),
  );
  return [...labelsAt(moment, time), ...tracks];
}

/** A time with the event rate, then {@link momentDetails}. */
export function momentLines(moment: Moment, time: number, reach: number): string[] {
  const head = [timecode(time - moment.player.start), ...rateAt(moment, time)].join(' · ');
  return [head, ...momentDetails(moment, time, reach)];
}
