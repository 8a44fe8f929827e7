import type { AlignmentConfiguration, MethodName, MixerConfiguration } from '../training/configurationSchema';
import { EVENTS_ONLY } from './eventsOnly';
import { JOINT } from './joint';
import { KTL } from './ktl';

/** The two inputs of a transfer network. */
export type StreamName = 'static' | 'event';

/** The parts a method is made of; a configuration may override alignment and mixer. */
export interface MethodPreset {
  /** Streams in the order they pass through the network. */
  readonly streams: readonly StreamName[];
  readonly alignment: AlignmentConfiguration;
  readonly mixer: MixerConfiguration;
}

/** Every method by its name in the configuration. */
export const METHOD_PRESETS: Readonly<Record<MethodName, MethodPreset>> = {
  ktl: KTL,
  joint: JOINT,
  'events-only': EVENTS_ONLY,
};
