import type { PackedFrames } from '../../../engine/datasets/packedFrames';
import { PackedWriter } from '../../../engine/datasets/packedWriter';
import { randomStream } from '../../../engine/datasets/random';
import { METHOD_PRESETS } from '../../../engine/methods/methodPreset';
import { describeNetwork } from '../../../engine/models/networkDescription';
import { SpikingNetwork } from '../../../engine/models/spikingNetwork';
import { checkConfigurationText } from '../../../engine/training/configuration';
import { Trainer, type TrainingBatch } from '../../../engine/training/trainer';
import { eventRows } from '../../../engine/training/trainingBatch';

/** The step that the benchmarks of the GPU measure: KTL iterations of Transfer_VGG_SNN at full size. */

const STREAMS = ['static', 'event'] as const;
const TIME_STEPS = 10;
const CLASSES = 101;
export const LEARNING_RATE = 1e-3;
/** Share of event cells with events. */
const EVENT_SHARE = 0.1;

/** What may be smaller where only the number of kernels matters. */
export interface StepSize {
  readonly sizePixels: number;
  readonly channels: readonly number[];
}
export const FULL_SIZE: StepSize = { sizePixels: 48, channels: [64, 128, 256, 256, 512, 512, 512, 512] };

const CONFIGURATION = {
  method: 'ktl',
  data: {
    events: { format: 'n-mnist', folder: '.', train: [{ split: 'Train' }], test: [{ split: 'Test' }] },
    images: { format: 'mnist', folder: '.' },
  },
  frames: { timeSteps: TIME_STEPS, sizePixels: 48 },
  network: { preset: 'vgg-snn' },
  training: { batchPairs: 1, iterations: 1 },
};

/** Sparse event counts of B recordings [B, T] and B static images, packed as training does. */
function syntheticFrames(pairs: number, seed: number, pixels: number): PackedFrames {
  const random = randomStream(seed, 'bench');
  const sizes = { frames: pairs * TIME_STEPS, planes: pairs, pixels, channels: 2, valueBytes: 1 } as const;
  const writer = new PackedWriter(sizes);
  for (let frame = 0; frame < sizes.frames; frame++) {
    writer.addDense(
      Uint8Array.from({ length: pixels * 2 }, () =>
        random.uniform() < EVENT_SHARE ? 1 + Math.floor(random.uniform() * 3) : 0,
      ),
    );
  }
  for (let plane = 0; plane < pairs; plane++) {
    writer.plane(plane).forEach((_, at, values) => {
      values[at] = random.uniform() * 2;
    });
  }
  return writer.finish();
}

/** Static images (the same at every step) and sparse event counts. */
export function syntheticBatch(pairs: number, seed: number, { sizePixels } = FULL_SIZE): TrainingBatch {
  const packed = syntheticFrames(pairs, seed, sizePixels ** 2);
  const events = eventRows(pairs, TIME_STEPS);
  const rows = Int32Array.from([...events.map((_, row) => packed.frames + (row % pairs)), ...events]);
  const random = randomStream(seed, 'bench labels');
  const labels = Int32Array.from({ length: pairs }, () => Math.floor(random.uniform() * CLASSES));
  return { input: { packed, rows }, labels };
}

/** Transfer_VGG_SNN with 101 classes, trained by KTL. */
export function fullSizeTrainer({ sizePixels, channels } = FULL_SIZE) {
  const { configuration, problems } = checkConfigurationText(JSON.stringify(CONFIGURATION));
  if (!configuration) {
    throw new Error(JSON.stringify(problems));
  }
  const { loss, neuron, optimizer } = configuration;
  const network = new SpikingNetwork({
    description: describeNetwork({ preset: 'vgg-snn', channels: [...channels] }, 2),
    neuron,
    sizePixels,
    classes: CLASSES,
    seed: 1,
  });
  const { alignment, mixer } = METHOD_PRESETS.ktl;
  const trainer = new Trainer({
    network,
    streams: STREAMS,
    steps: TIME_STEPS,
    loss,
    alignment,
    mixer,
    optimizer,
  });
  return { network, trainer };
}
