import { COLOUR_INPUTS } from '../models/networkDescription';
import { EVENTS_ONLY } from './eventsOnly';
import type { MethodPreset } from './methodPreset';

/**
 * Pre-training of the "fine-tune" baseline (methods.md 7.2, Baselines): the spiking network on static images alone,
 * L = L_s. An events-only run then starts from its backbone (`start` of the configuration).
 */
export const STATIC_ONLY: MethodPreset = { ...EVENTS_ONLY, streams: ['static'] };

const CHANNELS = 2;

/**
 * The input of pre-training: the first two colour channels (red, green), the same at every time step.
 * @param images [B, S, S, 3] in [0, 1].
 * @returns [T * B, S, S, 2], ordered [time step, sample].
 */
export function repeatedColours(images: Float32Array, steps: number): Float32Array {
  const pixels = images.length / COLOUR_INPUTS;
  const input = new Float32Array(steps * pixels * CHANNELS);
  for (let pixel = 0; pixel < pixels; pixel++) {
    input[pixel * CHANNELS] = images[pixel * COLOUR_INPUTS]!;
    input[pixel * CHANNELS + 1] = images[pixel * COLOUR_INPUTS + 1]!;
  }
  for (let step = 1; step < steps; step++) {
    input.copyWithin(step * pixels * CHANNELS, 0, pixels * CHANNELS);
  }
  return input;
}
