import { SpikeBridgeError } from '../errors';
import type { StreamName } from '../methods/methodPreset';
import { backboneOf } from './networkPresets';
import { isAnn, type LayerDescription, type NetworkConfiguration } from './networkSchema';

/** A layer with its place in the parameter names decided. */
export type NamedLayer = LayerDescription & { readonly name: string };
/** A named layer of the given type or types. */
export type LayerOfType<Type extends NamedLayer['type']> = Extract<NamedLayer, { type: Type }> & {
  readonly name: string;
};

/** How weights start (methods.md 2.1 to 2.3). */
export interface Initialisation {
  readonly convolution: 'pytorch-default' | 'kaiming-normal-fan-out' | 'kaiming-normal-fan-in';
  /** PyTorch's default, or the bound of a uniform distribution around 0. */
  readonly linear: 'pytorch-default' | number;
}

/** Which linear head reads which streams; `parameterName` is the authors' prefix in checkpoints. */
export interface HeadDescription {
  readonly streams: readonly StreamName[];
  readonly parameterName: string;
  /** Spiking neurons per class that vote by their mean, and the authors' name of those neurons. */
  readonly voters?: { readonly count: number; readonly node: string };
}

/** A network with its shape decided, but not yet its numbers. */
export interface NetworkDescription {
  readonly layers: readonly NamedLayer[];
  /** What the alignment compares. */
  readonly feature: 'membrane' | 'output';
  readonly heads: readonly HeadDescription[];
  readonly initialisation: Initialisation;
  /** Channels of the input: 2 polarities, or 3 colours of a teacher. */
  readonly inputChannels: number;
}

/** A network before its layers are named and its heads decided. */
export interface Backbone {
  readonly layers: readonly LayerDescription[];
  readonly feature: 'membrane' | 'output';
  readonly initialisation: Initialisation;
  /** What the authors' head modules add to the head's name. */
  readonly headSuffix: string;
  /** The head's name where the authors' network has one classifier for both streams. */
  readonly sharedHead?: string;
  /** Voting neurons per class. */
  readonly voters?: number;
}

/** Polarity channels of every recording. */
export const POLARITY_INPUTS = 2;
/** Colours of a teacher's images. */
export const COLOUR_INPUTS = 3;

/** `feature.<index>` for every layer without a name of its own, as in the authors' nn.Sequential. */
function nameLayers(layers: readonly LayerDescription[]): NamedLayer[] {
  return layers.map((layer, index) => {
    const given = 'name' in layer ? layer.name : undefined;
    return { ...layer, name: given ?? `feature.${index}` };
  });
}

function headsOf(network: NetworkConfiguration, backbone: Backbone, streams: 1 | 2): HeadDescription[] {
  const { headSuffix, sharedHead, voters } = backbone;
  const head = (name: string, read: readonly StreamName[]): HeadDescription => ({
    streams: read,
    parameterName: `${name}${headSuffix}`,
    // nn.Sequential(Linear, node, VotingLayer): the neurons come right after the linear map.
    ...(voters !== undefined && { voters: { count: voters, node: `${name}.1` } }),
  });
  const isShared = streams === 1 || ('heads' in network && network.heads === 'shared');
  if (sharedHead || isShared) {
    return [head(sharedHead ?? 'fc', ['static', 'event'])];
  }
  return [head('rgb_fc', ['static']), head('dvs_fc', ['event'])];
}

/**
 * The network of a configuration.
 * @param streams 2 for transfer methods (heads rgb_fc and dvs_fc), 1 for single-head twins and teachers (head fc).
 * @throws SpikeBridgeError (configuration) when the alignment feature does not exist or names collide.
 */
export function describeNetwork(network: NetworkConfiguration, streams: 1 | 2): NetworkDescription {
  const backbone = backboneOf(network);
  const layers = nameLayers(backbone.layers);
  const { feature, initialisation } = backbone;
  const inputChannels = isAnn(network) ? COLOUR_INPUTS : POLARITY_INPUTS;
  checkFeature(feature, layers);
  checkNames(layers);
  return { layers, feature, initialisation, inputChannels, heads: headsOf(network, backbone, streams) };
}

/** Whether a layer has neurons whose membrane potential can be compared. */
export function hasMembrane({ type }: Pick<NamedLayer, 'type'>): boolean {
  return type === 'spiking-convolution' || type === 'neurons';
}

function checkFeature(feature: Backbone['feature'], layers: readonly NamedLayer[]): void {
  if (feature === 'membrane' && !layers.some(hasMembrane)) {
    throw new SpikeBridgeError(
      'configuration',
      'network: the feature "membrane" needs at least one spiking-convolution or neurons layer',
      'Add a spiking-convolution layer, or set "feature" to "output".',
    );
  }
}

function checkNames(layers: readonly NamedLayer[]): void {
  const seen = new Set<string>();
  for (const { name } of layers) {
    if (seen.has(name)) {
      throw new SpikeBridgeError(
        'configuration',
        `network: two layers are called "${name}"`,
        'Give each layer a name of its own, or leave the names out.',
      );
    }
    seen.add(name);
  }
}
