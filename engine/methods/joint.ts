import { EVENTS_ONLY } from './eventsOnly';
import type { MethodPreset } from './methodPreset';

/** Baseline: both streams train the shared backbone, L = L_s + L_e; no alignment, no replacement. */
export const JOINT: MethodPreset = { ...EVENTS_ONLY, streams: ['static', 'event'] };
