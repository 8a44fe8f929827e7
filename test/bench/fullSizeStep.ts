import { parseArgs } from 'node:util';
import { activateBackend } from '../../engine/backends/activateBackend';
import type { BackendChoice } from '../../engine/backends/choice';
import { randomStream } from '../../engine/datasets/random';
import { KTL } from '../../engine/methods/ktl';
import { lossSchema } from '../../engine/methods/methodSchema';
import { describeNetwork } from '../../engine/models/networkDescription';
import { networkSchema } from '../../engine/models/networkSchema';
import { SpikingNetwork } from '../../engine/models/spikingNetwork';
import { neuronSchema } from '../../engine/neurons/neuronSchema';
import { Trainer, type TrainingBatch } from '../../engine/training/trainer';

/** One full-size KTL iteration of Transfer_VGG_SNN on made-up event counts; run by fullSize.mjs. */

const [STEPS, SIZE, CLASSES] = [10, 48, 101];
/** Share of pixels with events, and the largest count: like N-Caltech101 at T = 10. */
const [DENSITY, LARGEST_COUNT] = [0.3, 4];
const LEARNING_RATE = 5.859375e-4;

function batchOf(pairs: number): TrainingBatch {
  const random = randomStream(1, 'full-size');
  const values = Float32Array.from({ length: 2 * STEPS * pairs * SIZE * SIZE * 2 }, () =>
    random.uniform() < DENSITY ? random.uniform() * LARGEST_COUNT : 0,
  );
  return { input: values, labels: Int32Array.from({ length: pairs }, (_, pair) => pair % CLASSES) };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      backend: { type: 'string', default: 'simd' },
      pairs: { type: 'string', default: '4' },
      iterations: { type: 'string', default: '2' },
    },
  });
  const backend = await activateBackend(values.backend as BackendChoice);
  const network = new SpikingNetwork({
    description: describeNetwork(networkSchema.parse({ preset: 'vgg-snn' }), 2),
    neuron: neuronSchema.parse({}),
    sizePixels: SIZE,
    classes: CLASSES,
    seed: 42,
  });
  const { streams, alignment, mixer } = KTL;
  const optimizer = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 };
  const trainer = new Trainer({
    network,
    streams,
    steps: STEPS,
    loss: lossSchema.parse({}),
    alignment,
    mixer,
    optimizer,
  });
  const batch = batchOf(Number(values.pairs));
  for (let iteration = 0; iteration < Number(values.iterations); iteration++) {
    const start = performance.now();
    const { loss } = await trainer.step(batch, LEARNING_RATE);
    const seconds = (performance.now() - start) / 1000;
    const peakGiB = process.resourceUsage().maxRSS / 2 ** 20;
    console.log(JSON.stringify({ backend: backend.name, iteration, seconds, peakGiB, loss }));
  }
  trainer.dispose();
  network.dispose();
  await backend.dispose();
}

void main();
