import { access, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { SpikeBridgeError } from '../errors';
import { type NetworkConfiguration, networkSchema } from '../models/networkSchema';
import { type NeuronConfiguration, neuronSchema } from '../neurons/neuronSchema';
import type { SurrogateName } from '../neurons/surrogate';
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
  model: z.enum(['Transfer_VGG_SNN', 'Transfer_ResNet18', 'Transfer_ResNet34', 'Transfer_SCNN']),
  batch: z.int(),
  timeSteps: z.int(),
  inputSize: z.int(),
  classes: z.int(),
  channels: z.array(z.int()).nullish(),
  baseChannels: z.int().nullish(),
  neuron: z.object({
    type: z.enum(['LIF', 'IF']),
    tau: z.number(),
    threshold: z.number(),
    surrogate: z.string().regex(/^\w+Grad( alpha=[\d.]+)?$/),
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

const CASE_FILE = 'case.json';

/** Whether a folder is a case itself. */
async function isCaseFolder(folder: string): Promise<boolean> {
  return access(path.join(folder, CASE_FILE)).then(
    () => true,
    () => false,
  );
}

/**
 * The case folders that a folder stands for: itself, or those right inside it, by name.
 * @throws SpikeBridgeError (data) where there is none.
 */
export async function goldenCaseFolders(folder: string): Promise<string[]> {
  if (await isCaseFolder(folder)) {
    return [folder];
  }
  const names = await readdir(folder).catch(() => [] as string[]);
  const inside = names.sort().map((name) => path.join(folder, name));
  const isCase = await Promise.all(inside.map(isCaseFolder));
  const cases = inside.filter((_, index) => isCase[index]);
  if (cases.length === 0) {
    throw new SpikeBridgeError(
      'data',
      'neither this folder nor a folder in it is a golden case: there is no case.json',
      'Name a folder that holds case.json and tensors.safetensors, or a folder of such folders.',
      { file: folder },
    );
  }
  return cases;
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
  const caseFile = path.join(folder, CASE_FILE);
  const parsed = caseSchema.safeParse(parseJson(await read(CASE_FILE), caseFile));
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

/** Output channels or units of a weight of the case: the first axis in PyTorch's layout. */
function outputsOf({ folder, tensors }: GoldenCase, name: string): number {
  const outputs = tensors.get(`state/${name}`)?.shape[0];
  if (outputs === undefined) {
    throw new SpikeBridgeError(
      'data',
      `this golden case has no tensor state/${name}, which its model needs`,
      'Compare it with the cases of test/golden.',
      { file: path.join(folder, 'tensors.safetensors') },
    );
  }
  return outputs;
}

/** The network of a case as a configuration; widths that the case does not name are those of its weights. */
export function networkOfCase(golden: GoldenCase): NetworkConfiguration {
  const { model, channels, baseChannels } = golden.description;
  switch (model) {
    case 'Transfer_VGG_SNN': {
      const blocks = [0, 1, 3, 4, 6, 7, 9, 10];
      const widths = channels ?? blocks.map((block) => outputsOf(golden, `feature.${block}.conv.weight`));
      return networkSchema.parse({ preset: 'vgg-snn', channels: widths });
    }
    case 'Transfer_ResNet18':
    case 'Transfer_ResNet34': {
      const preset = model === 'Transfer_ResNet18' ? 'resnet18-snn' : 'resnet34-snn';
      return { preset, baseChannels: baseChannels ?? outputsOf(golden, 'conv1.weight') };
    }
    case 'Transfer_SCNN': {
      const widths = [0, 3].map((block) => outputsOf(golden, `feature.${block}.weight`));
      return { preset: 'scnn', channels: widths, units: outputsOf(golden, 'fc1.weight') };
    }
  }
}

/** Surrogate gradients by the authors' class names (methods.md 1.2). */
const SURROGATES: Readonly<Record<string, SurrogateName>> = {
  QGateGrad: 'qgate',
  GateGrad: 'gate',
  BackEIGateGrad: 'rectangle',
  AtanGrad: 'arctan',
  SigmoidGrad: 'sigmoid',
};

/** The neurons of a case as a configuration. @throws SpikeBridgeError (data) for an unknown surrogate. */
export function neuronOfCase({ folder, description }: GoldenCase): NeuronConfiguration {
  const { type, tau, threshold, surrogate: text } = description.neuron;
  const [name = '', alpha] = text.split(' alpha=');
  const surrogate = SURROGATES[name];
  if (!surrogate) {
    throw new SpikeBridgeError(
      'data',
      `the surrogate gradient ${name} is not known`,
      `Known are ${Object.keys(SURROGATES).join(', ')}.`,
      { file: path.join(folder, CASE_FILE) },
    );
  }
  return neuronSchema.parse({
    type: type === 'LIF' ? 'lif' : 'if',
    tau,
    threshold,
    surrogate,
    ...(alpha !== undefined && { alpha: Number(alpha) }),
  });
}
