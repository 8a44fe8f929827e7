import { CKD } from './ckd';
import { EVENTS_ONLY } from './eventsOnly';
import { JOINT } from './joint';
import { KTL } from './ktl';
import type { AlignmentConfiguration, AuxiliaryConfiguration, MixerConfiguration } from './methodSchema';
import { STATIC_ONLY } from './staticOnly';
import { TEACHER } from './teacher';
import { TMKT } from './tmkt';

/** The two inputs of a transfer network. */
export type StreamName = 'static' | 'event';

/** The parts a method is made of; a configuration may override each but the streams. */
export interface MethodPreset {
  /** Streams in the order they pass through the network. */
  readonly streams: readonly StreamName[];
  readonly alignment: AlignmentConfiguration;
  readonly mixer: MixerConfiguration;
  readonly auxiliary?: AuxiliaryConfiguration;
  /** The configuration must name a teacher. */
  readonly needsTeacher?: boolean;
}

/** Every method by its name in the configuration. */
export const METHOD_NAMES = ['ktl', 'ckd', 'tmkt', 'joint', 'events-only', 'static-only', 'teacher'] as const;
export type MethodName = (typeof METHOD_NAMES)[number];

export const METHOD_PRESETS: Readonly<Record<MethodName, MethodPreset>> = {
  ktl: KTL,
  ckd: CKD,
  tmkt: TMKT,
  joint: JOINT,
  'events-only': EVENTS_ONLY,
  'static-only': STATIC_ONLY,
  teacher: TEACHER,
};

/** Whether a method trains and is tested on static images, without any recording. */
export function trainsOnImages(method: MethodName): boolean {
  return !METHOD_PRESETS[method].streams.includes('event');
}
