import type { SplitManifest } from '../datasets/manifest';
import { loadTeacherData, type TeacherData } from '../datasets/teacherData';
import { type LoadOptions, loadTransferData, type TransferData } from '../datasets/transferData';
import { phaseWeight } from '../methods/distillationLoss';
import { trainsOnImages } from '../methods/methodPreset';
import { replacementProbability } from '../methods/mixer';
import { partnersOfOtherClass, semanticWeight } from '../methods/semanticLoss';
import type { RunPosition } from '../methods/sliding';
import { repeatedColours } from '../methods/staticOnly';
import type { TransferConfiguration } from './configuration';
import type { InputBatch } from './evaluation';
import type { Teacher } from './teacher';
import { teacherLeakWarnings } from './teacherLeak';
import { TeacherLogits } from './teacherLogits';
import type { TrainingBatch } from './trainer';
import { eventInput, mixBatch } from './trainingBatch';

/** What a run trains and tests on, as the network sees it. Owns the threads that assemble its batches. */
export interface RunData {
  readonly classes: readonly string[];
  readonly manifest: SplitManifest;
  readonly warnings: readonly string[];
  readonly testCount: number;
  readonly iterationsPerEpoch: number;
  /** The batch of an iteration: decided by seed and position alone. The next but one is written over it. */
  trainingBatch(position: RunPosition): Promise<TrainingBatch>;
  /** Everything to test on; the last batch may be smaller. */
  testBatches(batch: number): AsyncIterable<InputBatch>;
  dispose(): Promise<void>;
}

/** Test recordings as network inputs. */
async function* eventInputs(data: TransferData, batch: number): AsyncGenerator<InputBatch> {
  for await (const { packed, labels } of data.testBatches(batch)) {
    yield { input: eventInput({ packed, labels }, data.timeSteps), labels };
  }
}

/** mu and partners of the semantic loss; absent where it is off at this position. */
function semanticPart(
  { semantic, mixer, seed }: TransferConfiguration,
  labels: Int32Array,
  position: RunPosition,
): Pick<TrainingBatch, 'semantic'> {
  const weight = semantic ? semanticWeight(semantic, position, replacementProbability(mixer, position)) : 0;
  const partners = weight > 0 ? partnersOfOtherClass(labels, seed, position.iteration) : undefined;
  return partners ? { semantic: { weight, partners } } : {};
}

function transferRunData(
  data: TransferData,
  configuration: TransferConfiguration,
  teacher?: Teacher,
): RunData {
  const { mixer, seed, frames, distillation } = configuration;
  const { classes, manifest, warnings, testCount, iterationsPerEpoch } = data;
  const taught =
    teacher && new TeacherLogits(teacher, (images) => data.colourImages!(images, teacher.sizePixels));

  async function distillationPart(
    partners: Uint32Array | undefined,
    position: RunPosition,
  ): Promise<Pick<TrainingBatch, 'distillation'>> {
    if (!taught || !partners || !distillation) {
      return {};
    }
    const weight = phaseWeight(distillation, position);
    return { distillation: { weight, teacherLogits: await taught.of(partners) } };
  }

  return {
    classes,
    manifest,
    warnings,
    testCount,
    iterationsPerEpoch,
    async trainingBatch(position) {
      const batch = await data.trainBatch(position.iteration, position.iterations);
      return {
        ...mixBatch(batch, { mixer, position, seed, steps: frames.timeSteps }),
        ...semanticPart(configuration, batch.labels, position),
        ...(await distillationPart(batch.partners, position)),
      };
    },
    testBatches: (batch) => eventInputs(data, batch),
    dispose: () => data.dispose(),
  };
}

/** @param inputOf the network's input of images [B, S, S, 3]. */
function imageRunData(data: TeacherData, inputOf: (images: Float32Array) => Float32Array): RunData {
  const { manifest, warnings, testCount, iterationsPerEpoch } = data;
  return {
    classes: manifest.classes,
    manifest,
    warnings,
    testCount,
    iterationsPerEpoch,
    async trainingBatch({ iteration }) {
      const { images, labels } = data.trainBatch(iteration);
      return { input: inputOf(images), labels };
    },
    async *testBatches(batch) {
      for (const { images, labels } of data.testBatches(batch)) {
        yield { input: inputOf(images), labels };
      }
    },
    dispose: async () => {},
  };
}

/**
 * Loads what a configuration trains on.
 * @param teacher of a distillation; stays owned by the caller.
 * @throws SpikeBridgeError (data, configuration, cancelled).
 */
export async function loadRunData(
  configuration: TransferConfiguration,
  options: LoadOptions,
  teacher?: Teacher,
): Promise<RunData> {
  const { data: sources, frames, training, seed, method } = configuration;
  const { batchPairs } = training;
  if (trainsOnImages(method)) {
    const { sizePixels: size, timeSteps } = frames;
    const images = await loadTeacherData({ ...sources, size, batch: batchPairs, seed }, options);
    return imageRunData(images, (batch) =>
      method === 'teacher' ? batch : repeatedColours(batch, timeSteps),
    );
  }
  const data = await loadTransferData({ ...sources, frames, batchPairs, seed, method }, options);
  if (!teacher) {
    return transferRunData(data, configuration);
  }
  const leaks = await teacherLeakWarnings(teacher.file, data);
  await data.prepareColours?.(teacher.sizePixels);
  return transferRunData({ ...data, warnings: [...data.warnings, ...leaks] }, configuration, teacher);
}
