import type { ImuSample } from '../../../engine/events/tracks';
import type { NumberedSample, RecordingLabels, TimeLabel } from '../../../engine/protocol/recordingProtocol';
import type { EditorModel } from '../editorModel';
import { countText, shortCount } from '../text/timeText';
import type { RateColumns } from './rateColumns';
import { numberText } from './sampleText';
import { type ValueRange, valueRange } from './valueColumns';

/** What of an IMU sample a lane shows. */
export type Motion = 'acceleration' | 'rotation';

interface LaneShape {
  /** At the lane's left. */
  readonly name: string;
  /** Below the name: the lane's scale. */
  readonly note?: string;
  /** The long name. */
  readonly title: string;
  readonly height: number;
}

/** A strip of the timeline above the event rate. */
export type Lane = LaneShape &
  (
    | { readonly kind: 'labels'; readonly labels: readonly TimeLabel[] }
    | {
        readonly kind: 'frame' | 'trigger';
        readonly track: number;
        readonly samples: readonly NumberedSample[];
      }
    | {
        readonly kind: 'imu';
        readonly motion: Motion;
        readonly samples: readonly ImuSample[];
        readonly range: ValueRange;
      }
  );

export const UNITS: Readonly<Record<Motion, string>> = { acceleration: 'g', rotation: '°/s' };
const MOTION_TITLES = { acceleration: 'Acceleration in g', rotation: 'Angular rate in °/s' } as const;
const MARKS_HEIGHT = 16;
const MOTION_HEIGHT = 30;

/** The labelled intervals of all files. */
export function intervalsOf(files: readonly RecordingLabels[]): TimeLabel[] {
  return files.flatMap(({ labels }) => labels.filter((label) => label.kind === 'interval'));
}

function labelLane({ summary, view }: Pick<EditorModel, 'summary' | 'view'>): Lane[] {
  const labels = view.labels ? intervalsOf(summary.labels) : [];
  const sources = summary.labels.map(({ source }) => source).join(', ');
  const title = `${countText(labels.length)} labels of ${sources}`;
  return labels.length > 0 ? [{ kind: 'labels', name: 'Labels', title, height: MARKS_HEIGHT, labels }] : [];
}

function motionLane(name: string, samples: readonly ImuSample[], motion: Motion): Lane {
  const range = valueRange(samples, motion);
  const [low, high] = [range.low, range.high].map((value) => numberText(value));
  return {
    kind: 'imu',
    motion,
    samples,
    range,
    name: `IMU ${UNITS[motion]}`,
    note: `${low} … ${high}`,
    title: `${MOTION_TITLES[motion]} from ${low} to ${high}: x red, y green, z blue; ${name}`,
    height: MOTION_HEIGHT,
  };
}

function trackLanes({ summary, samples }: Pick<EditorModel, 'summary' | 'samples'>): Lane[] {
  return [...samples].flatMap(([track, all]): Lane[] => {
    const { kind = 'trigger', name = '', count = all.length } = summary.tracks[track] ?? {};
    if (kind === 'imu') {
      const motion = all.filter((sample) => sample.kind === 'imu');
      return [motionLane(name, motion, 'acceleration'), motionLane(name, motion, 'rotation')];
    }
    const title = `${countText(count)} ${name}; click near a mark to go there`;
    const short = kind === 'frame' ? 'Frames' : 'Triggers';
    return [{ kind, name: short, title, height: MARKS_HEIGHT, track, samples: all }];
  });
}

/** The lanes above the rate, from the top: labels, then each track that holds something. */
export function lanesOf(model: Pick<EditorModel, 'summary' | 'view' | 'samples'>): Lane[] {
  return [...labelLane(model), ...trackLanes(model)];
}

/** The lane at a height from the top of the timeline; undefined for the rate and what is below. */
export function laneAt(lanes: readonly Lane[], y: number): Lane | undefined {
  let bottom = 0;
  return lanes.find(({ height }) => {
    bottom += height;
    return y < bottom;
  });
}

/** End of the rate's axis: "905 k ev/s". @param binMicroseconds of the curve that the columns were made from. */
export function rateText({ most }: Pick<RateColumns, 'most'>, binMicroseconds: number): string {
  return `${shortCount(most / (binMicroseconds / 1e6))} ev/s`;
}
