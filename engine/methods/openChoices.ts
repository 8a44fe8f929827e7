import type { MethodName } from './methodPreset';
import type {
  AlignmentConfiguration,
  AuxiliaryConfiguration,
  DistillationConfiguration,
  MixerConfiguration,
} from './methodSchema';

/** A value in effect that no source at hand gives: an assumption of SpikeBridge (methods.md 5, 6, 13). */
export interface OpenChoice {
  readonly key: string;
  readonly value: string | number;
}

interface Choices {
  readonly method: MethodName;
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

/** The assumptions of a configuration, for the run record. KTL and its baselines are known in full. */
export function openChoices(configuration: Choices): OpenChoice[] {
  const { method, alignment, mixer, distillation, auxiliary, network } = configuration;
  const heads = { key: 'network.heads', value: network.heads ?? 'separate' };
  return [
    ...choicesOf('distillation', distillation, DISTILLATION_KEYS),
    ...(mixer.kind === 'time-step' ? choicesOf('mixer', mixer, ['ratioSchedule', 'exponent', 'law']) : []),
    ...choicesOf('auxiliary', auxiliary, ['modalityWeight', 'ratioWeight']),
    ...(method === 'tmkt' ? choicesOf('alignment', alignment, ['kind', 'coefficients']) : []),
    ...(method === 'ckd' ? choicesOf('alignment', alignment, ['weight']) : []),
    ...(method === 'ckd' || method === 'tmkt' ? [heads] : []),
    ...(method === 'teacher' ? [{ key: 'network.preset', value: network.preset }] : []),
  ];
}
