import type { EventDataConfiguration } from '../datasets/eventDataSchema';
import type { ImageDataConfiguration } from '../datasets/imageDataSchema';
import type { PairingPolicy } from '../datasets/pairing';
import type { LastBatch } from '../datasets/samplingSchema';
import { SORTED_ORDER, type SplitConfiguration } from '../datasets/splitSchema';
import { splitRuleOf } from '../datasets/splitsPolicy';
import { METHOD_PRESETS, type MethodName } from './methodPreset';
import type {
  AlignmentConfiguration,
  AuxiliaryConfiguration,
  DistillationConfiguration,
  MixerConfiguration,
} from './methodSchema';

/** A value in effect that no source at hand gives: an assumption of SpikeBridge (methods.md 5, 6, 13). */
export interface OpenChoice {
  readonly key: string;
  readonly value: string | number | boolean;
}

interface DataChoices {
  readonly events: EventDataConfiguration;
  readonly images?: ImageDataConfiguration;
  readonly pairing: PairingPolicy;
  readonly split: SplitConfiguration;
  readonly lastBatch: LastBatch;
}

interface Choices {
  readonly method: MethodName;
  readonly data: DataChoices;
  readonly frames: { readonly filters?: readonly { readonly name: string }[] | undefined };
  readonly alignment: AlignmentConfiguration;
  readonly mixer: MixerConfiguration;
  readonly distillation?: DistillationConfiguration;
  readonly auxiliary?: AuxiliaryConfiguration;
  readonly network: { readonly preset: string; readonly heads?: string };
}

/** The section's keys with their values, as `section.key`. */
function choicesOf<Section extends object>(
  name: string,
  section: Section | undefined,
  keys: readonly (keyof Section & string)[],
): OpenChoice[] {
  return section
    ? keys.map((key) => ({ key: `${name}.${key}`, value: section[key] as string | number }))
    : [];
}

const DISTILLATION_KEYS = [
  'form',
  'temperature',
  'weight',
  'studentLogits',
  'phase',
  'midpoint',
  'steepness',
  'schedule',
] as const;

/** How recordings are divided, where the data set leaves it open (methods.md 10.2, 13). */
function splitChoices({ events, split }: DataChoices): OpenChoice[] {
  const rule = splitRuleOf(events.format);
  if (!rule) {
    return [];
  }
  const { policy = 'leak-free', order } = split;
  const followed = { key: 'data.split.order', value: order === SORTED_ORDER ? SORTED_ORDER : 'listing' };
  return [
    { key: 'data.split.policy', value: policy },
    ...(policy === 'paper' && rule.followsListing ? [followed] : []),
  ];
}

/** Data sets whose pairing the authors' code gets wrong (methods.md 10.2). */
const DOUBTFUL_PAIRING: readonly string[] = ['cep-dvs', 'cifar10-dvs'];

/** What is done to the data that no source gives. N-MNIST's protocol is known in full. */
function dataChoices(method: MethodName, data: DataChoices): OpenChoice[] {
  const { events, images, pairing, lastBatch } = data;
  if (events.format === 'n-mnist') {
    return [];
  }
  const origin = 'timeOrigin' in events && events.timeOrigin === 'first-event' ? [events.timeOrigin] : [];
  const antialias = images && 'antialias' in images ? [images.antialias] : [];
  const isPaired = METHOD_PRESETS[method].streams.length > 1;
  return [
    ...splitChoices(data),
    ...(lastBatch === 'carry' ? [{ key: 'data.lastBatch', value: lastBatch }] : []),
    ...(isPaired && DOUBTFUL_PAIRING.includes(events.format)
      ? [{ key: 'data.pairing', value: pairing }]
      : []),
    ...origin.map((value) => ({ key: 'data.events.timeOrigin', value })),
    ...(method === 'events-only' ? [] : antialias).map((value) => ({ key: 'data.images.antialias', value })),
  ];
}

/** The assumptions of a configuration, for the run record. KTL and its baselines are known in full. */
export function openChoices(configuration: Choices): OpenChoice[] {
  const { method, data, frames, alignment, mixer, distillation, auxiliary, network } = configuration;
  const filters = frames.filters ?? [];
  const heads = { key: 'network.heads', value: network.heads ?? 'separate' };
  return [
    ...dataChoices(method, data),
    ...(filters.length > 0
      ? [{ key: 'frames.filters', value: filters.map(({ name }) => name).join(', ') }]
      : []),
    ...choicesOf('distillation', distillation, DISTILLATION_KEYS),
    ...(mixer.kind === 'time-step' ? choicesOf('mixer', mixer, ['ratioSchedule', 'exponent', 'law']) : []),
    ...choicesOf('auxiliary', auxiliary, ['modalityWeight', 'ratioWeight']),
    ...(method === 'tmkt' ? choicesOf('alignment', alignment, ['kind', 'coefficients']) : []),
    ...(method === 'ckd' ? choicesOf('alignment', alignment, ['weight']) : []),
    ...(method === 'ckd' || method === 'tmkt' ? [heads] : []),
    ...(method === 'teacher' ? [{ key: 'network.preset', value: network.preset }] : []),
  ];
}
