import assert from 'node:assert/strict';
import type { ImuSample } from '../../../../engine/events/tracks';
import type { NumberedSample, RecordingSummary } from '../../../../engine/protocol/recordingProtocol';
import type { EditorModel } from '../../../../webviews/recording/editorModel';
import { filmOptions } from '../../../../webviews/recording/files/filmOptions';
import { COLOR_SCHEMES } from '../../../../webviews/recording/picture/colorSchemes';
import { INITIAL_PLAYER } from '../../../../webviews/recording/player/playerState';
import { laneAt, lanesOf, rateText } from '../../../../webviews/recording/timeline/lanes';
import { nearestMark, sampleAt, snappedTime } from '../../../../webviews/recording/timeline/marks';
import { momentDetails, momentLines } from '../../../../webviews/recording/timeline/momentText';
import { imuText, numberText, triggerText } from '../../../../webviews/recording/timeline/sampleText';
import { shortened } from '../../../../webviews/recording/timeline/timelineCanvas';
import { valueColumns, valueRange } from '../../../../webviews/recording/timeline/valueColumns';
import { INITIAL_VIEW } from '../../../../webviews/recording/viewState';

const START = 1_000_000;

function frame(number: number, t: number): NumberedSample {
  const size = { width: 346, height: 260, channels: 1 } as const;
  return { kind: 'frame', number, t, exposure: 10_000, ...size, pixels: new Uint8Array() };
}

function motion(t: number, x: number, turn = 0): ImuSample {
  return { kind: 'imu', t, acceleration: [x, -1, 0.5], rotation: [turn, 0, 12.34] };
}

const FRAMES = [frame(0, START), frame(1, START + 40_000)];
const MOTION = [motion(START, 0.25), motion(START + 1000, -0.5, 250)].map((sample, number) => ({
  ...sample,
  number,
}));
const TRIGGERS: NumberedSample[] = [
  { kind: 'trigger', number: 0, t: START + 5000, label: 'external rising', level: 1 },
  { kind: 'trigger', number: 1, t: START + 9000, label: 'channel 6', level: 0 },
];
const LABELS = [
  {
    source: 'a_labels.csv',
    labels: [
      { kind: 'interval' as const, name: '3 left hand wave', from: START + 100, to: START + 6000 },
      { kind: 'outline' as const, name: 'box', points: [] },
    ],
  },
];

function model(samples: readonly (readonly NumberedSample[])[] = [FRAMES, MOTION, TRIGGERS]) {
  const summary = {
    tracks: [
      { kind: 'frame', name: 'frames (stream 1)', count: 3 },
      { kind: 'imu', name: 'IMU (stream 2)' },
      { kind: 'trigger', name: 'triggers (stream 3)' },
    ],
    labels: LABELS,
  } as unknown as RecordingSummary;
  const rate = {
    first: START,
    binMicroseconds: 1000,
    on: Uint32Array.of(500, 400),
    off: Uint32Array.of(405, 0),
  };
  return {
    summary,
    view: INITIAL_VIEW,
    samples: new Map(samples.entries()),
    index: { rate } as EditorModel['index'],
    player: { ...INITIAL_PLAYER, start: START, end: START + 50_000 },
  };
}

describe('the lanes of the timeline', () => {
  it('are named, with unit and scale, from the top', () => {
    const lanes = lanesOf(model());
    assert.deepEqual(
      lanes.map(({ name, note }) => [name, note]),
      [
        ['Labels', undefined],
        ['Frames', undefined],
        ['IMU g', '−1.00 … 0.50'],
        ['IMU °/s', '0 … 250'],
        ['Triggers', undefined],
      ],
    );
    assert.match(lanes[1]!.title, /3 frames \(stream 1\)/);
    assert.match(lanes[2]!.title, /Acceleration in g from −1\.00 to 0\.50: x red.*IMU \(stream 2\)/);
    assert.ok(lanes[2]!.height >= 24);
    assert.equal(rateText({ most: 905 }, 1000), '905 k ev/s');
  });

  it('leave out labels that are switched off, and are found by their height', () => {
    const lanes = lanesOf({ ...model(), view: { ...INITIAL_VIEW, labels: false } });
    assert.equal(lanes[0]?.name, 'Frames');
    const [first, second] = lanes;
    assert.equal(laneAt(lanes, first!.height - 1), first);
    assert.equal(laneAt(lanes, first!.height), second);
    assert.equal(laneAt(lanes, 1000), undefined);
  });

  it('write names that do not fit with an ellipsis', () => {
    const widthOf = (text: string) => text.length;
    assert.equal(shortened('3 left hand wave', 20, widthOf), '3 left hand wave');
    assert.equal(shortened('3 left hand wave', 8, widthOf), '3 left…');
    assert.equal(shortened('3 left', 0, widthOf), '');
  });
});

describe('the IMU lane', () => {
  it('is scaled to its own data', () => {
    assert.deepEqual(valueRange(MOTION, 'acceleration'), { low: -1, high: 0.5 });
    assert.deepEqual(valueRange(MOTION, 'rotation'), { low: 0, high: 250 });
    const still = [{ ...motion(0, 0), acceleration: [2, 2, 2] as const }];
    assert.deepEqual(valueRange(still, 'acceleration'), { low: 1, high: 3 });
    assert.deepEqual(valueRange([motion(0, Number.NaN)], 'acceleration'), { low: -1, high: 0.5 });
  });

  it('keeps the extremes of each column, and the nearest sample on either side', () => {
    const samples = [
      [-30, 9],
      [-20, 1],
      [0, 2],
      [3, -7],
      [9, 4],
      [25, 5],
      [60, 6],
      [70, 8],
    ].map(([t, x]) => motion(t!, x!));
    assert.deepEqual(valueColumns(samples, 'acceleration', 0, { from: 0, to: 40 }, 4), [
      { column: -2, low: 1, high: 1 },
      { column: 0, low: -7, high: 4 },
      { column: 2, low: 5, high: 5 },
      { column: 6, low: 6, high: 6 },
    ]);
  });
});

describe('what the timeline tells of a time', () => {
  it('are frame, motion, trigger and label with their units', () => {
    assert.deepEqual(momentLines(model(), START + 5002, 100), [
      '0:00.005 002 · 0 ev/s',
      'Label 3 left hand wave',
      'Frame 1 of 3 · 346 × 260 · exposure 10 ms',
      'IMU x −0.50 y −1.00 z 0.50 g · x 250 y 0 z 12.3 °/s',
      'Trigger external rising at 0:00.005 000',
    ]);
    assert.equal(momentLines(model(), START + 500, 1)[0], '0:00.000 500 · 905 k ev/s');
  });

  it('leaves out what is not near, and says where frames were thinned', () => {
    assert.deepEqual(momentDetails(model([[], [], TRIGGERS]), START + 7000, 100), []);
    assert.deepEqual(momentDetails(model([[frame(4, START), frame(8, START + 10)]]), START + 20, 0), [
      'Frame about 9 of 3 · 346 × 260 · exposure 10 ms',
    ]);
    assert.deepEqual(momentDetails(model(), START - 1, 0), []);
  });

  it('names the edge of a trigger once', () => {
    const text = (label: string, level: 0 | 1) =>
      triggerText({ kind: 'trigger', t: START + 9000, label, level }, START);
    assert.equal(text('external rising', 1), 'Trigger external rising at 0:00.009 000');
    assert.equal(text('channel 6', 0), 'Trigger channel 6, falling at 0:00.009 000');
  });

  it('gives measured values about three digits', () => {
    assert.deepEqual([-0.004, 0.126, -9.81, 31.46, 250.4].map(numberText), [
      '0',
      '0.13',
      '−9.81',
      '31.5',
      '250',
    ]);
    assert.match(imuText({ ...motion(0, 0), temperature: 31.46 }), / · 31\.5 °C$/);
  });
});

describe('marks of the timeline', () => {
  it('are found near a time, or before it', () => {
    assert.equal(nearestMark(TRIGGERS, START + 5100, 100), TRIGGERS[0]);
    assert.equal(nearestMark(TRIGGERS, START + 5101, 100), undefined);
    assert.equal(nearestMark(TRIGGERS, START + 8000, 5000), TRIGGERS[1]);
    assert.equal(sampleAt(FRAMES, START + 39_999), FRAMES[0]);
    assert.equal(sampleAt(FRAMES, START - 1), undefined);
  });

  it('draw a click in their lane to themselves, but not one beside them or in another lane', () => {
    const lanes = lanesOf(model());
    const [labels, frames, acceleration] = lanes;
    assert.equal(snappedTime(frames, START + 39_950, 100), START + 40_000);
    assert.equal(snappedTime(frames, START + 39_800, 100), START + 39_800);
    for (const lane of [labels, acceleration, undefined]) {
      assert.equal(snappedTime(lane, START + 39_950, 100), START + 39_950);
    }
    assert.equal(snappedTime(lanes.at(-1), START + 8990, 100), START + 9000);
  });
});

describe('a film of the editor', () => {
  it('is drawn as the editor shows the recording', () => {
    const scheme = COLOR_SCHEMES[0]!;
    const { on, off, background } = scheme;
    const film = { window: INITIAL_VIEW.sliceMicroseconds, speed: 0.5, colors: { on, off, background } };
    assert.deepEqual(filmOptions(INITIAL_VIEW, scheme, 0.5), { ...film, frames: true, frameStrength: 1 });
    assert.deepEqual(filmOptions({ ...INITIAL_VIEW, frames: false, fullScale: 4 }, scheme, 0.5), {
      ...film,
      frames: false,
      frameStrength: 1,
      saturation: 4,
    });
  });
});
