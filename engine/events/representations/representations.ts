import { z } from 'zod';
import { SpikeBridgeError } from '../../errors';
import type { EventBatch, SensorSize } from '../eventBatch';
import type { EventTensor } from './eventTensor';
import type { RepresentationDefinition } from './representation';
import { SPIKINGJELLY_FRAMES } from './spikingJellyFrames';
import { TO_AVERAGED_TIMESURFACE } from './toAveragedTimesurface';
import { TO_BINA_REP } from './toBinaRep';
import { TO_FRAME } from './toFrame';
import { TO_TIMESURFACE } from './toTimesurface';
import { TO_VOXEL_GRID } from './toVoxelGrid';
import { TRAINING_FRAMES } from './trainingFrames';

/** All kinds of representations, in the order in which they are offered. */
export const REPRESENTATIONS: readonly RepresentationDefinition[] = [
  TRAINING_FRAMES,
  TO_FRAME,
  SPIKINGJELLY_FRAMES,
  TO_BINA_REP,
  TO_VOXEL_GRID,
  TO_TIMESURFACE,
  TO_AVERAGED_TIMESURFACE,
];

/** A representation's name and parameters, as it stands in configurations. */
export const representationSchema = z.discriminatedUnion('name', [
  TRAINING_FRAMES.schema,
  TO_FRAME.schema,
  SPIKINGJELLY_FRAMES.schema,
  TO_BINA_REP.schema,
  TO_VOXEL_GRID.schema,
  TO_TIMESURFACE.schema,
  TO_AVERAGED_TIMESURFACE.schema,
]);

/** Settings with all defaults filled in. */
export type RepresentationSettings = z.output<typeof representationSchema>;
/** As people write them: parameters with a default may be left out. */
export type RepresentationSettingsInput = z.input<typeof representationSchema>;

function representationDefinition(name: string): RepresentationDefinition {
  const definition = REPRESENTATIONS.find((each) => each.name === name);
  if (!definition) {
    const names = REPRESENTATIONS.map((each) => each.name).join(', ');
    throw new SpikeBridgeError(
      'usage',
      `there is no representation "${name}"`,
      `The representations are ${names}.`,
    );
  }
  return definition;
}

/** @throws SpikeBridgeError (usage) where settings do not fit. */
export function checkRepresentation(settings: RepresentationSettingsInput): void {
  representationDefinition(settings.name).check(settings);
}

/**
 * Computes the tensor that a network is given.
 * @param events of one recording or time range, in any order; none gives steps of zeros.
 * @param sensor in pixels; events outside are ignored.
 * @throws SpikeBridgeError (usage) where the settings do not fit, or the tensor would exceed 1 GiB.
 */
export function computeRepresentation(
  events: EventBatch,
  sensor: SensorSize,
  settings: RepresentationSettingsInput,
): EventTensor {
  return representationDefinition(settings.name).compute(events, sensor, settings);
}
