import type { NeuronConfiguration } from '../training/configurationSchema';
import type { NetworkDescription } from './networkDescription';
import type { NamedArray } from './parameterStore';

/** Names of the LIF nodes inside each layer, as the authors call them. */
function nodeNames({ layers }: NetworkDescription, parameterNames: ReadonlySet<string>): string[] {
  return layers.flatMap(({ type, name }) => {
    if (type === 'spiking-convolution') {
      return [`${name}.node`];
    }
    if (type === 'residual-block') {
      const shortcut = parameterNames.has(`${name}.downsample.0.weight`) ? [`${name}.downsample.1`] : [];
      return [`${name}.node1`, `${name}.node2`, ...shortcut];
    }
    return [];
  });
}

/**
 * The threshold and surrogate sharpness of every LIF, which the authors keep as untrained parameters
 * (methods.md 1.1): written to checkpoints so that their code loads them.
 */
export function neuronConstants(
  description: NetworkDescription,
  neuron: NeuronConfiguration,
  parameterNames: ReadonlySet<string>,
): NamedArray[] {
  return nodeNames(description, parameterNames).flatMap((node) => [
    { name: `${node}.threshold`, shape: [], values: Float32Array.of(neuron.threshold) },
    { name: `${node}.act_fun.alpha`, shape: [], values: Float32Array.of(neuron.alpha) },
  ]);
}
