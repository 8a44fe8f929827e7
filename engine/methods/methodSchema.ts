import { z } from 'zod';

/**
 * The parts a method is made of, as configuration sections. "(ours)" marks a value that the papers' sources at hand
 * do not give: an assumption of SpikeBridge, listed in the run record by openChoices.ts.
 */

const fraction = z.number().min(0).max(1);
const weight = z.number().min(0).max(1e6);
const schedule = z
  .enum(['iteration', 'epoch'])
  .describe('Whether progress advances every iteration or every epoch.');

export const lossSchema = z.strictObject({
  classification: z
    .enum(['tet', 'mean-logits'])
    .default('tet')
    .describe(
      'tet: cross-entropy of every time step plus a level term; mean-logits: of the mean over time steps (methods.md 4.3).',
    ),
  staticWeight: weight
    .default(1)
    .describe(
      'Weight of the static loss L_s. Every method: 1; the older variant of KTL: 0 (methods.md 4.7).',
    ),
  tetLambda: fraction.default(1e-3).describe('Share of the TET level term (methods.md 4.3).'),
  tetTarget: z
    .number()
    .min(-1e6)
    .max(1e6)
    .default(0.5)
    .describe('Level the TET term pulls the logits to. KTL: the threshold, 0.5; TET itself: 1.'),
  tetLevel: z
    .enum(['every-step', 'last-step'])
    .default('every-step')
    .describe('Steps of the TET level term. The older variant of KTL: last-step (methods.md 4.7).'),
  labelSmoothing: fraction
    .default(0)
    .describe('Label smoothing s: (1 - s) NLL + s mean over classes (methods.md 4.3).'),
});

export const alignmentSchema = z.strictObject({
  kind: z
    .enum(['cka', 'none'])
    .describe('cka: 1 - linear CKA of the two streams, per time step (methods.md 4.2).'),
  weight: weight.default(0.5).describe('kappa: weight of the alignment loss (methods.md 4.4).'),
  coefficients: z
    .enum(['learned', 'fixed', 'none'])
    .default('learned')
    .describe(
      'Weights per time step. learned: sigmoid(eta_t) weighs alignment against event loss; fixed: one constant in its place; none: all 1 (methods.md 4.2, 4.3).',
    ),
  initialCoefficient: z
    .number()
    .min(-100)
    .max(100)
    .default(1)
    .describe('Initial eta_t, before the sigmoid (methods.md 4.4).'),
  fixedCoefficient: z
    .number()
    .gt(0)
    .lt(1, 'must be less than 1, which would leave the event head untrained')
    .default(0.5)
    .describe("c of fixed coefficients, between 0 and 1 (the authors' --tsregular; methods.md 4.2)."),
  fixedLevelTerm: z
    .enum(['learned', 'fixed'])
    .default('learned')
    .describe(
      "With fixed coefficients, what weighs the level term of the event loss. learned: 1 - sigmoid(eta_t), as the authors' code does; fixed: 1 - c (methods.md 4.3).",
    ),
});

export const mixerSchema = z.strictObject({
  kind: z
    .enum(['sliding', 'time-step', 'hard-switch', 'none'])
    .describe(
      'How static frames are replaced by those of the event partner. sliding: whole samples, more and more (methods.md 4.5); time-step: from one switch point on (methods.md 6); hard-switch: all samples in the second half.',
    ),
  exponent: z
    .number()
    .positive()
    .max(1000)
    .default(3)
    .describe('k in P = (progress / reach)^k (methods.md 4.5).'),
  reach: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe('Share of the run after which P is 1. KTL: 1; its older variant: 0.5 (methods.md 4.5, 4.7).'),
  schedule: schedule.default('iteration'),
  ratioSchedule: z
    .enum(['sliding', 'constant', 'uniform'])
    .default('sliding')
    .describe(
      'time-step: expected mix ratio r. sliding (ours): P of the sliding schedule; constant: `ratio`; uniform: drawn per sample from [0, 1) (methods.md 6).',
    ),
  ratio: fraction.default(0.5).describe('time-step: r of the constant schedule (ours; methods.md 6).'),
  law: z
    .enum(['open', 'always-switch'])
    .default('open')
    .describe(
      'time-step: law of the switch point. open (ours): a sequence may stay static; always-switch: the geometric law renormalised to 1 ... T, whose ratio is at least (T + 1) / (2 T) (methods.md 6).',
    ),
});

export const semanticSchema = z.strictObject({
  weight: weight.default(0.5).describe('mu. N-Caltech101: 0.001, else 0.5 (methods.md 4.7).'),
  margin: fraction
    .default(0.2)
    .describe('The loss is 0 up to this value. CIFAR10-DVS: 0.1, N-Caltech101: 0.3, else 0.2.'),
  from: fraction.default(0).describe('Share of the run at which the loss begins. N-Caltech101: 1/3.'),
  to: fraction.default(0.5).describe('Share of the run at which the loss ends.'),
  scale: z
    .enum(['constant', 'complement'])
    .default('constant')
    .describe('complement: multiplied by 1 - P, as in a development version of August 2023.'),
});

export const distillationSchema = z.strictObject({
  teacher: z
    .string()
    .min(1)
    .describe(
      "Checkpoint of a teacher that a run with the method teacher made; relative paths start at this file's folder.",
    ),
  weight: weight.default(1).describe('Weight of the distillation loss before W (ours; methods.md 5).'),
  form: z
    .enum(['kl', 'mse'])
    .default('kl')
    .describe('kl: temperature^2 KL(teacher || student); mse: of the logits (ours; methods.md 5).'),
  temperature: z
    .number()
    .min(0.01)
    .max(1000)
    .default(4)
    .describe('Softening of both distributions (ours; methods.md 5).'),
  studentLogits: z
    .enum(['mean', 'every-step'])
    .default('mean')
    .describe('Which static logits learn: their mean over time steps, or every step (ours; methods.md 5).'),
  phase: z
    .enum(['sigmoid', 'step', 'constant'])
    .default('sigmoid')
    .describe(
      'W over the run: 1 in phase I, near 0 in phase II. sigmoid: 1 / (1 + exp(steepness (progress - midpoint))) (ours, read from a drawing; methods.md 5).',
    ),
  midpoint: fraction.default(0.5).describe('Share of the run at which W is 1/2 (ours; methods.md 5).'),
  steepness: z
    .number()
    .positive()
    .max(1e6)
    .default(60)
    .describe('Of the sigmoid; 60 makes W fall from 0.43 to 0.57 of the run (ours; methods.md 5).'),
  schedule: schedule.default('epoch'),
});

export const auxiliarySchema = z.strictObject({
  modalityWeight: weight
    .default(0.1)
    .describe('MAG: which modality each frame came from, cross-entropy per time step (ours; methods.md 6).'),
  ratioWeight: weight
    .default(0.1)
    .describe('MRP: the mix ratio of each sequence, squared error (ours; methods.md 6).'),
});

export type LossConfiguration = z.output<typeof lossSchema>;
export type AlignmentConfiguration = z.output<typeof alignmentSchema>;
export type MixerConfiguration = z.output<typeof mixerSchema>;
export type SemanticConfiguration = z.output<typeof semanticSchema>;
export type DistillationConfiguration = z.output<typeof distillationSchema>;
export type AuxiliaryConfiguration = z.output<typeof auxiliarySchema>;
