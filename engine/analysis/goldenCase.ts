import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { SpikeBridgeError } from '../errors';
import type { NetworkConfiguration } from '../models/networkSchema';
import { decodeSafetensors, type StoredTensor } from '../runs/safetensors';

const lossesSchema = z.object({
  total: z.number(),
  static: z.number(),
  event: z.number(),
  alignment: z.number(),
});

/** case.json of a golden case; other keys are ignored. */
const caseSchema = z.object({
  name: z.string(),
  model: z.enum(['Transfer_VGG_SNN', 'Transfer_ResNet18']),
  batch: z.int(),
  timeSteps: z.int(),
  inputSize: z.int(),
  classes: z.int(),
  channels: z.array(z.int()).length(8).nullable(),
  baseChannels: z.int().nullable(),
  neuron: z.object({
    type: z.literal('LIF'),
    tau: z.number(),
    threshold: z.number(),
    surrogate: z.literal('QGateGrad alpha=2'),
  }),
  loss: z.object({
    tet: z.boolean(),
    tetLambda: z.number(),
    tetTarget: z.number(),
    regularization: z.boolean(),
    alignment: z.boolean(),
    kappa: z.number(),
    smoothing: z.number(),
  }),
  optimizer: z.object({
    lr: z.number(),
    betas: z.tuple([z.number(), z.number()]),
    eps: z.number(),
    weightDecay: z.number(),
  }),
  steps: z.int(),
  losses: z.array(lossesSchema),
});

/** A golden case: what the KTL authors' modules compute for one batch (shared/golden/README.md). */
export interface GoldenCase {
  readonly folder: string;
  readonly description: z.output<typeof caseSchema>;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** Reads `case.json` and `tensors.safetensors` of a case folder. @throws SpikeBridgeError (data or checkpoint). */
export async function readGoldenCase(folder: string): Promise<GoldenCase> {
  const read = (name: string) => {
    const file = path.join(folder, name);
    return readFile(file).catch((cause) => {
      throw new SpikeBridgeError(
        'data',
        'this is not a golden case folder: the file cannot be read',
        'Name a folder that holds case.json and tensors.safetensors.',
        { file },
        { cause },
      );
    });
  };
  const caseFile = path.join(folder, 'case.json');
  const parsed = caseSchema.safeParse(parseJson(await read('case.json'), caseFile));
  if (!parsed.success) {
    const problem = parsed.error.issues
      .map(({ path: at, message }) => `${at.join('.')}: ${message}`)
      .join('; ');
    throw new SpikeBridgeError(
      'data',
      `not a golden case: ${problem}`,
      'Compare it with the cases of test/golden.',
      {
        file: caseFile,
      },
    );
  }
  const tensorFile = path.join(folder, 'tensors.safetensors');
  const { tensors } = decodeSafetensors(await read('tensors.safetensors'), tensorFile);
  return { folder, description: parsed.data, tensors };
}

function parseJson(bytes: Buffer, file: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new SpikeBridgeError(
      'data',
      'not JSON',
      'Compare it with the cases of test/golden.',
      { file },
      { cause },
    );
  }
}

/** The network of a case as a configuration. */
export function networkOfCase({ description }: GoldenCase): NetworkConfiguration {
  return description.model === 'Transfer_VGG_SNN'
    ? { preset: 'vgg-snn', channels: description.channels ?? [] }
    : { preset: 'resnet18-snn', baseChannels: description.baseChannels ?? 64 };
}
