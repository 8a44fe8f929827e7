import { z } from 'zod';
import { BACKEND_CHOICES } from '../backends/choice';
import { networkSchema } from '../models/networkSchema';
import { SURROGATE_NAMES } from '../neurons/surrogate';

/** The methods a run can train with; each is a preset over mixer, alignment and step weights. */
export const METHOD_NAMES = ['ktl', 'events-only', 'joint'] as const;
export type MethodName = (typeof METHOD_NAMES)[number];

const fraction = z.number().min(0).max(1);
const positiveInteger = z.int().min(1);

const recordingSelectionSchema = z
  .strictObject({
    split: z.enum(['Train', 'Test']).describe('Folder of the official N-MNIST layout.'),
    from: positiveInteger
      .optional()
      .describe('First recording number (inclusive); file 00001.bin is number 1.'),
    to: positiveInteger.optional().describe('Last recording number (inclusive).'),
    perClass: positiveInteger
      .optional()
      .describe('Of each class, only the first so many recordings in number order. Default: all.'),
  })
  .describe('A choice of recordings.');

const eventDataSchema = z
  .strictObject({
    format: z.literal('n-mnist').describe('On-disk layout: Train|Test/<digit>/<number>.bin'),
    folder: z.string().min(1).describe("Folder of the data set; relative paths start at this file's folder."),
    train: z
      .array(recordingSelectionSchema)
      .min(1)
      .default([{ split: 'Train' }])
      .describe('Training recordings.'),
    test: z
      .array(recordingSelectionSchema)
      .min(1)
      .default([{ split: 'Test' }])
      .describe('Test recordings; they must not overlap the training recordings.'),
  })
  .describe('Event recordings (the target domain).');

const imageDataSchema = z
  .strictObject({
    format: z
      .literal('mnist')
      .describe('idx files, plain or gzip: <split>-images-idx3-ubyte[.gz] and -labels-'),
    folder: z
      .string()
      .min(1)
      .describe("Folder of the idx files; relative paths start at this file's folder."),
    split: z
      .enum(['train', 't10k'])
      .default('train')
      .describe('Which of the two MNIST sets to take images from.'),
    from: z.int().min(0).optional().describe('First image index (inclusive), counted from 0. Default: 0.'),
    to: z.int().min(0).optional().describe('Last image index (inclusive). Default: the last image.'),
  })
  .describe('Static images (the source domain).');

const dataSchema = z.strictObject({
  events: eventDataSchema,
  images: imageDataSchema.optional().describe('Static images; needed by every method but events-only.'),
  cacheFolder: z
    .string()
    .min(1)
    .optional()
    .describe('Where decoded frames are cached. Default: spikebridge in the user cache folder.'),
});

const framesSchema = z.strictObject({
  timeSteps: z.int().min(1).max(64).default(6).describe('T: equal windows of time a recording is cut into.'),
  sizePixels: z
    .int()
    .min(8)
    .max(256)
    .default(34)
    .describe('S: height and width of the network input, in pixels (bilinear resize where it differs).'),
});

const neuronSchema = z.strictObject({
  tau: z.number().min(1).default(2).describe('Membrane time constant, in time steps.'),
  threshold: z
    .number()
    .positive()
    .max(1e6)
    .default(0.5)
    .describe('Membrane potential above which a neuron fires.'),
  surrogate: z
    .enum(SURROGATE_NAMES)
    .default('qgate')
    .describe('Surrogate gradient of the spike (methods.md 1.2). KTL uses qgate.'),
  alpha: z.number().positive().default(2).describe('Sharpness of the surrogate gradient.'),
});

const lossSchema = z.strictObject({
  classification: z
    .enum(['tet', 'mean-logits'])
    .default('tet')
    .describe(
      'tet: cross-entropy of every time step plus a level term; mean-logits: of the mean over time steps.',
    ),
  tetLambda: fraction.default(1e-3).describe('Share of the TET level term.'),
  tetTarget: z.number().min(-1e6).max(1e6).default(0.5).describe('Level the TET term pulls the logits to.'),
  labelSmoothing: fraction.default(0).describe('Label smoothing s: (1 - s) NLL + s mean over classes.'),
});

const alignmentSchema = z.strictObject({
  kind: z.enum(['cka', 'none']).describe('cka: 1 - linear CKA of the two streams, per time step.'),
  weight: z.number().min(0).max(1e6).default(0.5).describe('kappa: weight of the alignment loss.'),
  coefficients: z
    .enum(['learned', 'none'])
    .default('learned')
    .describe('learned: sigmoid(eta_t) per time step weighs alignment against event loss; none: all 1.'),
  initialCoefficient: z.number().min(-100).max(100).default(1).describe('Initial eta_t, before the sigmoid.'),
});

const mixerSchema = z.strictObject({
  kind: z
    .enum(['sliding', 'hard-switch', 'none'])
    .describe('How static samples are replaced by their event partner over training.'),
  exponent: z.number().positive().default(3).describe('k in P = (progress)^k (sliding).'),
  schedule: z
    .enum(['iteration', 'epoch'])
    .default('iteration')
    .describe('Whether progress advances every iteration or every epoch.'),
});

const optimizerSchema = z.strictObject({
  learningRate: z
    .number()
    .positive()
    .default(2e-3)
    .describe('Peak learning rate of AdamW (not scaled by the batch).'),
  minLearningRate: z.number().min(0).default(1e-5).describe('Learning rate the schedule ends at.'),
  warmup: z
    .int()
    .min(0)
    .default(30)
    .describe('Length of the linear warm-up, in units of `schedule` (iterations or epochs).'),
  warmupLearningRate: z.number().min(0).default(1e-6).describe('Learning rate the warm-up starts from.'),
  decay: z.enum(['cosine', 'constant']).default('cosine').describe('Decay after the warm-up.'),
  schedule: z
    .enum(['iteration', 'epoch'])
    .default('iteration')
    .describe('Whether the learning rate changes every iteration or every epoch.'),
  weightDecay: z
    .number()
    .min(0)
    .default(0.01)
    .describe('Decoupled weight decay on tensors of 2 or more dimensions.'),
  beta1: z.number().min(0).max(0.9999).default(0.9),
  beta2: z.number().min(0).max(0.99999).default(0.999),
  epsilon: z.number().positive().default(1e-8),
});

const trainingSchema = z.strictObject({
  batchPairs: positiveInteger.default(50).describe('Pairs (event recording + static image) per iteration.'),
  iterations: positiveInteger.optional().describe('Length of the run in iterations; give this or `epochs`.'),
  epochs: positiveInteger.optional().describe('Length of the run in passes over the training recordings.'),
  evaluateEvery: positiveInteger
    .optional()
    .describe('Iterations between evaluations on the test recordings. Default: a tenth of the run.'),
  checkpointEvery: positiveInteger
    .optional()
    .describe('Iterations between checkpoints. Default: the same as evaluateEvery.'),
});

/** The schema of a `*.transfer.jsonc` file. Every object is strict: unknown keys are errors. */
export const transferConfigurationSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Location of the JSON schema; ignored by the engine.'),
    name: z.string().min(1).max(80).optional().describe("Name of the run. Default: the file's name."),
    method: z
      .enum(METHOD_NAMES)
      .describe(
        'ktl: sliding training + alignment; joint: both streams, neither; events-only: no static data.',
      ),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(42)
      .describe('Decides weights, order, pairing and replacement.'),
    backend: z
      .enum(BACKEND_CHOICES)
      .default('auto')
      .describe('auto: the fastest backend present on this machine.'),
    threads: z
      .int()
      .min(1)
      .max(64)
      .optional()
      .describe('Threads of the simd backend. Default: all cores, up to 8.'),
    runsFolder: z
      .string()
      .min(1)
      .default('runs')
      .describe('Where run folders are made, relative to this file.'),
    data: dataSchema.describe('Where the recordings and images are.'),
    frames: framesSchema.prefault({}).describe('How events become frames (methods.md 3.2).'),
    network: networkSchema.prefault({ preset: 'nmnist-1k' }).describe('The spiking network.'),
    neuron: neuronSchema.prefault({}).describe('Leaky integrate-and-fire neurons of every spiking layer.'),
    loss: lossSchema.prefault({}).describe('Classification loss.'),
    alignment: alignmentSchema
      .optional()
      .describe('Domain alignment. Default: by method (ktl: cka, else none).'),
    mixer: mixerSchema
      .optional()
      .describe('Replacement of static samples. Default: by method (ktl: sliding).'),
    optimizer: optimizerSchema.prefault({}).describe('AdamW and its learning-rate schedule.'),
    training: trainingSchema.prefault({}).describe('Batch, length and rhythm of the run.'),
  })
  .describe('A SpikeBridge transfer run');

/** What a user writes: defaults may be missing. */
export type TransferConfigurationInput = z.input<typeof transferConfigurationSchema>;
/** What the schema yields: defaults filled in, method presets not yet applied. */
export type ParsedTransferConfiguration = z.output<typeof transferConfigurationSchema>;
/** Sections as the trainer sees them. */
export type AlignmentConfiguration = z.output<typeof alignmentSchema>;
export type MixerConfiguration = z.output<typeof mixerSchema>;
export type NeuronConfiguration = z.output<typeof neuronSchema>;
export type LossConfiguration = z.output<typeof lossSchema>;
export type OptimizerConfiguration = z.output<typeof optimizerSchema>;
export type EventDataConfiguration = z.output<typeof eventDataSchema>;
export type ImageDataConfiguration = z.output<typeof imageDataSchema>;
export type FramesConfiguration = z.output<typeof framesSchema>;
export type RecordingSelection = z.output<typeof recordingSelectionSchema>;
