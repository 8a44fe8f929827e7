import type { NeuronConfiguration } from '../neurons/neuronSchema';
import type { NamedLayer, NetworkDescription } from './networkDescription';
import type { NamedArray } from './parameterStore';

/** Names of the neurons of a layer, as the authors call them. */
function nodesOf({ type, name }: NamedLayer, parameterNames: ReadonlySet<string>): string[] {
  switch (type) {
    case 'spiking-convolution':
      return [`${name}.node`];
    case 'neurons':
      return [name];
    case 'residual-block':
    case 'sew-block': {
      const node = `${name}.downsample.${type === 'sew-block' ? 2 : 1}`;
      const shortcut = parameterNames.has(`${name}.downsample.0.weight`) ? [node] : [];
      return [`${name}.node1`, `${name}.node2`, ...shortcut];
    }
    default:
      return [];
  }
}

/**
 * The threshold and surrogate sharpness of all neurons, which the authors keep as untrained parameters
 * (methods.md 1.1): written to checkpoints so that their code loads them.
 */
export function neuronConstants(
  description: NetworkDescription,
  neuron: NeuronConfiguration,
  parameterNames: ReadonlySet<string>,
): NamedArray[] {
  const { layers, heads } = description;
  const nodes = [
    ...layers.flatMap((layer) => nodesOf(layer, parameterNames)),
    ...heads.flatMap(({ voters }) => (voters ? [voters.node] : [])),
  ];
  return nodes.flatMap((node) => [
    { name: `${node}.threshold`, shape: [], values: Float32Array.of(neuron.threshold) },
    { name: `${node}.act_fun.alpha`, shape: [], values: Float32Array.of(neuron.alpha) },
  ]);
}
