import { EVENTS_ONLY } from './eventsOnly';
import type { MethodPreset } from './methodPreset';

/**
 * The teacher of CKD (methods.md 5): an ANN on colour images of the static set, L = L_s, no recordings.
 * Its final checkpoint is what `distillation.teacher` names. Architecture, input size and recipe are ours.
 */
export const TEACHER: MethodPreset = { ...EVENTS_ONLY, streams: ['static'] };
