import type { RunPosition } from '../methods/sliding';
import type { OptimizerConfiguration } from './configurationSchema';

/**
 * Learning rate of an iteration (methods.md 7.1). With u the iteration or epoch (from 0) and U their number:
 *   u < warmup: start + u (peak - start) / warmup
 *   cosine:     min + (peak - min) / 2 (1 + cos(pi u / U))
 *   step:       peak * rate^floor(u / every)
 *   constant:   peak
 */
export function learningRateAt(position: RunPosition, optimizer: OptimizerConfiguration): number {
  const { learningRate, minLearningRate, warmup, warmupLearningRate, decay, schedule } = optimizer;
  const { decayEvery, decayRate } = optimizer;
  const unit = schedule === 'epoch' ? position.iterationsPerEpoch : 1;
  const u = Math.floor(position.iteration / unit);
  const total = Math.ceil(position.iterations / unit);
  if (u < warmup) {
    return warmupLearningRate + (u * (learningRate - warmupLearningRate)) / warmup;
  }
  if (decay === 'constant') {
    return learningRate;
  }
  if (decay === 'step') {
    return learningRate * decayRate ** Math.floor(u / decayEvery);
  }
  return minLearningRate + ((learningRate - minLearningRate) / 2) * (1 + Math.cos((Math.PI * u) / total));
}
