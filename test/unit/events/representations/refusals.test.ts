import assert from 'node:assert/strict';
import type { SpikeBridgeError } from '../../../../engine/errors';
import {
  computeRepresentation,
  type RepresentationSettingsInput,
} from '../../../../engine/events/representations/representations';
import { batchOf } from '../eventRows';

const EVENTS = batchOf([
  [100, 0, 0, 1],
  [200, 1, 0, 0],
]);

function compute(settings: RepresentationSettingsInput) {
  return computeRepresentation(EVENTS, { width: 2, height: 1 }, settings);
}

describe('every representation', () => {
  it('refuses more than fits before anything is built, naming the size and what to change', () => {
    const many = 1_000_000_000;
    const settings: RepresentationSettingsInput[] = [
      { name: 'ToFrame', n_time_bins: many },
      { name: 'ToFrame', n_event_bins: many },
      { name: 'ToFrame', time_window: 1e-8 },
      { name: 'SpikingJellyFrames', frames_number: many },
      { name: 'SpikingJellyFrames', frames_number: many, split_by: 'time' },
      { name: 'ToBinaRep', n_frames: many },
      { name: 'ToVoxelGrid', n_time_bins: many },
      { name: 'ToTimesurface', dt: 1e-8 },
      { name: 'TrainingFrames', time_steps: many, size: 1 },
      { name: 'ToAveragedTimesurface', surface_size: 99_999, cell_size: 99_999 },
    ];
    for (const each of settings) {
      assert.throws(
        () => compute(each),
        (error: SpikeBridgeError) => {
          assert.equal(error.category, 'usage', each.name);
          assert.match(error.message, /a tensor of \d+ x \d x \d+ x \d+ values would take more than 1 GiB/);
          assert.match(error.nextStep, /fewer or longer steps/);
          return true;
        },
      );
    }
    assert.throws(
      () => compute({ name: 'ToVoxelGrid', n_time_bins: 2 ** 21 }),
      /a tensor of 2097152 x .* more than 1,048,576 steps/,
    );
  });

  it('refuses settings that do not fit in words', () => {
    const refusals: readonly (readonly [settings: object, words: RegExp])[] = [
      [{ name: 'ToFrame' }, /ToFrame does not fit: exactly one of time_window, event_count/],
      [
        { name: 'ToVoxelGrid', n_time_bins: 1e300 },
        /"n_time_bins" must be at most 9007199254740991, not 1e\+300/,
      ],
      [{ name: 'ToBinaRep', n_bits: 1 }, /"n_bits" must be a whole number of at least 2, not 1/],
      [{ name: 'TrainingFrames', size: 4096 }, /"size" must be at most 1024, not 4096/],
      [{ name: 'ToFrames' }, /no representation "ToFrames"/],
    ];
    for (const [settings, words] of refusals) {
      assert.throws(
        () => compute(settings as RepresentationSettingsInput),
        (error: SpikeBridgeError) => error.category === 'usage' && words.test(error.message),
        String(words),
      );
    }
  });
});
