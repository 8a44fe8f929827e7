import { learningRateAt } from '../../../engine/training/learningRate';
import { assertClose } from '../assertClose';

const OPTIMIZER = {
  learningRate: 5.859375e-4,
  minLearningRate: 1e-5,
  warmup: 5,
  warmupLearningRate: 1e-6,
  decay: 'cosine',
  decayEvery: 40,
  decayRate: 0.1,
  schedule: 'epoch',
  weightDecay: 0.01,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
} as const;

describe('learning rate (methods.md section 12)', () => {
  const atEpoch = (epoch: number, epochs: number) =>
    learningRateAt(
      { iteration: epoch * 65 + 64, iterations: epochs * 65, iterationsPerEpoch: 65 },
      OPTIMIZER,
    );

  it('follows the golden values over 300 epochs', () => {
    const golden: [number, number][] = [
      [0, 1e-6],
      [1, 1.179875e-4],
      [4, 4.6895e-4],
      [5, 5.85542849e-4],
      [75, 5.01593406e-4],
      [150, 2.9796875e-4],
      [299, 1.00157895e-5],
    ];
    for (const [epoch, rate] of golden) {
      assertClose([atEpoch(epoch, 300)], [rate], 1e-12, `epoch ${epoch}`);
    }
  });

  it('follows the golden values over 200 epochs', () => {
    assertClose([atEpoch(5, 200), atEpoch(199, 200)], [5.85049788e-4, 1.0035526e-5], 1e-12);
  });

  it('falls by steps for N-Omniglot', () => {
    const optimizer = { ...OPTIMIZER, learningRate: 0.01875, decay: 'step' } as const;
    const at = (epoch: number) =>
      learningRateAt({ iteration: epoch, iterations: 50, iterationsPerEpoch: 1 }, optimizer);
    assertClose(
      [at(1), at(5), at(39), at(40), at(49)],
      [3.7508e-3, 1.875e-2, 1.875e-2, 1.875e-3, 1.875e-3],
      1e-12,
    );
  });

  it('changes every iteration when scheduled by iteration, and stays without decay', () => {
    const optimizer = { ...OPTIMIZER, schedule: 'iteration', warmup: 10 } as const;
    const at = (iteration: number, decay: 'cosine' | 'constant') =>
      learningRateAt({ iteration, iterations: 100, iterationsPerEpoch: 1 }, { ...optimizer, decay });
    assertClose([at(5, 'cosine')], [1e-6 + 0.5 * (5.859375e-4 - 1e-6)], 1e-12);
    assertClose(
      [at(50, 'cosine'), at(50, 'constant')],
      [1e-5 + (5.859375e-4 - 1e-5) / 2, 5.859375e-4],
      1e-12,
    );
  });
});
