import { z } from 'zod';
import { SURROGATE_NAMES } from './surrogate';

/** Neurons of every spiking layer, as a configuration section. */
export const neuronSchema = z.strictObject({
  type: z
    .enum(['lif', 'if', 'plif'])
    .default('lif')
    .describe(
      'lif: leaky integrate-and-fire (methods.md 1.1); if: without leak, u = v + x; plif: tau learned per layer.',
    ),
  tau: z
    .number()
    .min(1)
    .max(1e6)
    .default(2)
    .describe('Membrane time constant, in time steps; plif starts from it; if has none.'),
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
export type NeuronConfiguration = z.output<typeof neuronSchema>;
