import { METHOD_PRESETS, trainsOnImages } from '../methods/methodPreset';
import { isAnn } from '../models/networkSchema';
import type { ParsedTransferConfiguration } from './configurationSchema';

/** A rule that a configuration breaks, with the place of the value that breaks it. */
export interface BrokenRule {
  readonly path: readonly string[];
  readonly message: string;
}

type Rule = (parsed: ParsedTransferConfiguration, raw: unknown) => BrokenRule[];

/** A broken rule if `broken`; its message begins with the path. */
function rule(broken: boolean, path: readonly string[], reason: string): BrokenRule[] {
  return broken ? [{ path, message: `${path.join('.')}: ${reason}` }] : [];
}

/** What the user wrote at a path, before defaults; undefined where nothing. */
function written(raw: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], raw);
}

const PARTS = ['alignment', 'mixer', 'semantic', 'distillation', 'auxiliary'] as const;

/** A method of one stream has nothing to align, mix, distil or tell apart. */
function singleStream(parsed: ParsedTransferConfiguration): BrokenRule[] {
  const { method } = parsed;
  if (METHOD_PRESETS[method].streams.length > 1) {
    return [];
  }
  const missing = trainsOnImages(method) ? 'no event stream' : 'no static stream';
  return PARTS.flatMap((part) => {
    const section = parsed[part];
    const isOff = section === undefined || ('kind' in section && section.kind === 'none');
    return rule(!isOff, [part], `${method} trains ${missing}; remove this section`);
  });
}

function data({ method, data: { images, testImages } }: ParsedTransferConfiguration): BrokenRule[] {
  const needsImages = method !== 'events-only';
  const missing = { path: ['data'], message: `data.images: the method ${method} needs static images` };
  const ranges = (['images', 'testImages'] as const).flatMap((key) => {
    const range = key === 'images' ? images : testImages;
    const isReversed = range?.from !== undefined && range.to !== undefined && range.from > range.to;
    return isReversed
      ? [{ path: ['data', key, 'from'], message: `data.${key}: "from" is larger than "to"` }]
      : [];
  });
  return [
    ...(needsImages && !images ? [missing] : []),
    ...ranges,
    ...rule(
      !trainsOnImages(method) && testImages !== undefined,
      ['data', 'testImages'],
      'only teacher and static-only are tested on images; every other method on recordings',
    ),
  ];
}

function network(parsed: ParsedTransferConfiguration, raw: unknown): BrokenRule[] {
  const ann = isAnn(parsed.network);
  const isTeacher = parsed.method === 'teacher';
  const { preset } = parsed.network;
  return [
    ...rule(
      isTeacher && !ann,
      written(raw, ['network']) === undefined ? ['method'] : ['network', 'preset'],
      'a teacher is an ANN; set network.preset to vgg-ann or resnet18-ann',
    ),
    ...rule(
      !isTeacher && ann,
      ['network', 'preset'],
      `${preset} has no spiking neurons and no time steps; it is a network for the method teacher`,
    ),
    ...rule(
      parsed.neuron.type === 'plif' && parsed.neuron.tau <= 1,
      ['neuron', 'tau'],
      'plif learns 1 / tau as sigmoid(w), which is below 1: start from a tau larger than 1',
    ),
  ];
}

function distillation({ method, distillation: section }: ParsedTransferConfiguration): BrokenRule[] {
  return rule(
    METHOD_PRESETS[method].needsTeacher === true && section === undefined,
    ['method'],
    `${method} needs a teacher: add "distillation": { "teacher": "..." } with a checkpoint that the method teacher made`,
  );
}

/** Switch points and heads that look at them. */
function mixing(parsed: ParsedTransferConfiguration, raw: unknown): BrokenRule[] {
  const preset = METHOD_PRESETS[parsed.method];
  const mixer = parsed.mixer ?? preset.mixer;
  const auxiliary = parsed.auxiliary ?? preset.auxiliary;
  const { timeSteps } = parsed.frames;
  const least = (timeSteps + 1) / (2 * timeSteps);
  const isConstant = mixer.kind === 'time-step' && mixer.ratioSchedule === 'constant';
  const place = (part: 'mixer' | 'auxiliary') => (written(raw, [part]) === undefined ? ['method'] : [part]);
  return [
    ...rule(
      mixer.kind === 'time-step' && timeSteps < 2,
      ['frames', 'timeSteps'],
      'a switch point inside a sequence (mixer time-step) needs at least 2 time steps',
    ),
    ...rule(
      isConstant && mixer.law === 'always-switch' && mixer.ratio < least,
      ['mixer', 'ratio'],
      `a law that always switches cannot mix less than (T + 1) / (2 T) = ${least.toFixed(3)}; use the law "open"`,
    ),
    ...rule(
      auxiliary !== undefined && preset.streams.length > 1 && !['sliding', 'time-step'].includes(mixer.kind),
      place('auxiliary'),
      `modality and mix ratio never differ within a batch with the mixer ${mixer.kind}; use time-step or sliding`,
    ),
  ];
}

function alignment(parsed: ParsedTransferConfiguration, raw: unknown): BrokenRule[] {
  const coefficients = written(raw, ['alignment', 'coefficients']);
  const isOff = parsed.alignment?.kind === 'none';
  const usesFixed = written(raw, ['alignment', 'fixedCoefficient']) !== undefined;
  return [
    ...rule(
      isOff && coefficients !== undefined && coefficients !== 'none',
      ['alignment', 'coefficients'],
      'step weights divide the loss between alignment and events; without alignment they only shrink the event loss',
    ),
    ...rule(
      usesFixed && coefficients !== 'fixed',
      ['alignment', 'fixedCoefficient'],
      'has no effect unless coefficients is "fixed"',
    ),
  ];
}

function semantic({ semantic: section, training }: ParsedTransferConfiguration): BrokenRule[] {
  return [
    ...rule(
      section !== undefined && section.from >= section.to,
      ['semantic', 'from'],
      'is not smaller than "to"; the semantic loss would never apply',
    ),
    ...rule(
      section !== undefined && training.batchPairs < 2,
      ['training', 'batchPairs'],
      'the semantic loss compares samples of different classes and needs at least 2 pairs',
    ),
  ];
}

function schedule({ training, optimizer }: ParsedTransferConfiguration): BrokenRule[] {
  const { iterations, epochs } = training;
  return [
    ...rule(
      (iterations === undefined) === (epochs === undefined),
      ['training'],
      'give either "iterations" or "epochs"',
    ),
    ...rule(
      optimizer.minLearningRate > optimizer.learningRate,
      ['optimizer'],
      '"minLearningRate" is larger than "learningRate"',
    ),
  ];
}

const RULES: readonly Rule[] = [
  schedule,
  singleStream,
  data,
  network,
  distillation,
  mixing,
  alignment,
  semantic,
];

/**
 * Rules between sections that the schema cannot say: what is refused, and why.
 * @param raw the configuration as written, before defaults.
 */
export function crossProblems(parsed: ParsedTransferConfiguration, raw: unknown): BrokenRule[] {
  return RULES.flatMap((check) => check(parsed, raw));
}
