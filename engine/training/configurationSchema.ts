import { z } from 'zod';
import { BACKEND_CHOICES, PRECISION_CHOICES } from '../backends/choice';
import { augmentationSchema } from '../datasets/augmentationSchema';
import { eventDataSchema } from '../datasets/eventDataSchema';
import { imageDataSchema } from '../datasets/imageDataSchema';
import { PAIRING_POLICIES } from '../datasets/pairing';
import { lastBatchSchema, samplingSchema } from '../datasets/samplingSchema';
import { splitSchema } from '../datasets/splitSchema';
import { filterChainSchema } from '../events/filters/filterSettings';
import { METHOD_NAMES } from '../methods/methodPreset';
import {
  alignmentSchema,
  auxiliarySchema,
  distillationSchema,
  lossSchema,
  mixerSchema,
  semanticSchema,
} from '../methods/methodSchema';
import { networkSchema } from '../models/networkSchema';
import { neuronSchema } from '../neurons/neuronSchema';

const positiveInteger = z.int().min(1);

const dataSchema = z.strictObject({
  events: eventDataSchema,
  images: imageDataSchema.optional().describe('Static images; needed by every method but events-only.'),
  testImages: imageDataSchema
    .optional()
    .describe(
      'Images a teacher is tested on. Default: every tenth image of each class in data.images (of fewer, the last one), which then does not train.',
    ),
  pairing: z
    .enum(PAIRING_POLICIES)
    .default('same-class')
    .describe(
      "How a recording gets its static partner (methods.md 3.5). same-class: uniform over the images of its class; the others copy the authors' code: one-beyond, an index range with one image too many (N-Caltech101); list-position, positions in the training list taken for image indices (CEP-DVS); label-as-index, the label taken for an image index (CIFAR10-DVS); class-block, an equal share of the set per class (CIFAR10-DVS, older version).",
    ),
  split: splitSchema.prefault({}),
  sampling: samplingSchema.default('shuffle'),
  lastBatch: lastBatchSchema.default('carry'),
  augmentation: augmentationSchema.prefault({}),
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
  filters: filterChainSchema
    .optional()
    .describe(
      'Filters of the events of each recording before they are counted, from first to last, in sensor pixels as recorded (ours). The editor of recordings shows what they keep and writes this key. Default: none.',
    ),
});

const optimizerSchema = z.strictObject({
  learningRate: z
    .number()
    .positive()
    .default(2e-3)
    .describe(
      'Peak learning rate of AdamW, not scaled by the batch. KTL: base * batch / 1024 = 5.859375e-4 (methods.md 7.1).',
    ),
  minLearningRate: z
    .number()
    .min(0)
    .default(1e-5)
    .describe('Learning rate the schedule ends at (methods.md 7.1).'),
  warmup: z
    .int()
    .min(0)
    .default(30)
    .describe('Length of the linear warm-up, in units of `schedule` (iterations or epochs).'),
  warmupLearningRate: z
    .number()
    .min(0)
    .default(1e-6)
    .describe('Learning rate the warm-up starts from (methods.md 7.1).'),
  decay: z
    .enum(['cosine', 'step', 'constant'])
    .default('cosine')
    .describe('Decay after the warm-up (methods.md 7.1). step: by decayRate every decayEvery (N-Omniglot).'),
  decayEvery: positiveInteger
    .default(40)
    .describe('step: length between two decays, in units of `schedule`. N-Omniglot: 40 epochs.'),
  decayRate: z.number().positive().max(1).default(0.1).describe('step: factor of each decay.'),
  schedule: z
    .enum(['iteration', 'epoch'])
    .default('iteration')
    .describe('Whether the learning rate changes every iteration or every epoch.'),
  weightDecay: z
    .number()
    .min(0)
    .default(0.01)
    .describe('Decoupled weight decay on tensors of 2 or more dimensions (methods.md 7.1).'),
  beta1: z.number().min(0).max(0.9999).default(0.9).describe('Decay of the mean gradient (methods.md 7.1).'),
  beta2: z
    .number()
    .min(0)
    .max(0.99999)
    .default(0.999)
    .describe('Decay of the mean squared gradient (methods.md 7.1).'),
  epsilon: z.number().positive().default(1e-8).describe('Keeps the quotient finite (methods.md 7.1).'),
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

const startSchema = z.strictObject({
  checkpoint: z
    .string()
    .min(1)
    .describe(
      "Weights to start from: a checkpoint of another run or of PyTorch (.safetensors, .pth, .pth.tar), of the same network; relative paths start at this file's folder.",
    ),
  parts: z
    .enum(['backbone', 'all'])
    .default('backbone')
    .describe(
      'backbone: all but the heads, which are drawn anew from U(-0.1, 0.1) (fine-tuning, methods.md 7.2); all: the heads too.',
    ),
});

/** The schema of a `*.transfer.jsonc` file. Every object is strict: unknown keys are errors. */
export const transferConfigurationSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Location of the JSON schema; ignored by the engine.'),
    name: z.string().min(1).max(80).optional().describe("Name of the run. Default: the file's name."),
    method: z
      .enum(METHOD_NAMES)
      .describe(
        'ktl: sliding training + alignment; ckd: KTL with a teacher; tmkt: time-step mixup; joint: both streams, nothing else; events-only: no static data; static-only: the spiking network on images alone, for a later `start`; teacher: trains the ANN that ckd distils from.',
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
    precision: z
      .enum(PRECISION_CHOICES)
      .default('auto')
      .describe(
        'Of a GPU: f32 everywhere, or activations and their gradients as f16 (sums and weights stay f32). auto: f16 where the GPU multiplies it as matrices. f32 takes 2.3 times as long there and 2.7 times the memory.',
      ),
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
    neuron: neuronSchema.prefault({}).describe('Neurons of every spiking layer.'),
    start: startSchema
      .optional()
      .describe('Weights that the network starts from, for fine-tuning. Default: drawn by the seed.'),
    loss: lossSchema.prefault({}).describe('Classification loss.'),
    alignment: alignmentSchema
      .optional()
      .describe('Domain alignment and step weights. Default: by method (ktl, ckd: cka, else none).'),
    mixer: mixerSchema
      .optional()
      .describe('Replacement of static frames. Default: by method (ktl, ckd: sliding; tmkt: time-step).'),
    semantic: semanticSchema
      .optional()
      .describe("The semantic loss of KTL's older variant (methods.md 4.7). Default: none."),
    distillation: distillationSchema
      .optional()
      .describe('Distillation from a teacher into the static stream (methods.md 5). ckd needs it.'),
    auxiliary: auxiliarySchema
      .optional()
      .describe('Auxiliary heads on the mixed stream (methods.md 6). Default: by method (tmkt: both).'),
    optimizer: optimizerSchema.prefault({}).describe('AdamW and its learning-rate schedule.'),
    training: trainingSchema.prefault({}).describe('Batch, length and rhythm of the run.'),
  })
  .describe('A SpikeBridge transfer run');

/** What a user writes: defaults may be missing. */
export type TransferConfigurationInput = z.input<typeof transferConfigurationSchema>;
/** What the schema yields: defaults filled in, method presets not yet applied. */
export type ParsedTransferConfiguration = z.output<typeof transferConfigurationSchema>;
/** Sections as the trainer sees them. */
export type OptimizerConfiguration = z.output<typeof optimizerSchema>;
export type StartConfiguration = z.output<typeof startSchema>;
export type FramesConfiguration = z.output<typeof framesSchema>;
