import type { SurrogateName } from '../../neurons/surrogate';
import type { LifAttributes } from '../fusedKernels';
import { float32Bits } from './jobRunner';

/** The surrogates' numbers in kernels/neuron.ts. */
const SURROGATE_CODES: Record<SurrogateName, number> = {
  qgate: 0,
  gate: 1,
  rectangle: 2,
  arctan: 3,
  sigmoid: 4,
};

/** The last words of the arguments of all LIF kernels: tau, threshold, surrogate, alpha. */
export function neuronArguments({ tau, threshold, surrogate, alpha }: LifAttributes): number[] {
  return [float32Bits(tau), float32Bits(threshold), SURROGATE_CODES[surrogate], float32Bits(alpha)];
}
