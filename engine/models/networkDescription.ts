import { SpikeBridgeError } from '../errors';
import type { StreamName } from '../methods/methodPreset';
import type { LayerDescription, NetworkConfiguration } from './networkSchema';

/** A layer with its place in the parameter names decided. */
export type NamedLayer = LayerDescription & { readonly name: string };

/** How convolutions start: PyTorch's default, or Kaiming-normal over fan-out (methods.md 2.1, 2.2). */
export type Initialisation = 'pytorch-default' | 'kaiming-normal-fan-out';

/** Which linear head reads which stream; `parameterName` is the authors' prefix in checkpoints. */
export interface HeadDescription {
  readonly stream: StreamName;
  readonly parameterName: string;
}

/** A network with its shape decided, but not yet its numbers. */
export interface NetworkDescription {
  readonly layers: readonly NamedLayer[];
  /** What the alignment compares. */
  readonly feature: 'membrane' | 'output';
  readonly heads: readonly HeadDescription[];
  readonly initialisation: Initialisation;
}

/** Polarity channels of every input. */
export const INPUT_CHANNELS = 2;

type UnnamedLayer = LayerDescription;

const spikingConvolution = (channels: number): UnnamedLayer => ({
  type: 'spiking-convolution',
  channels,
  kernelSize: 3,
  stride: 1,
});
const averagePool: UnnamedLayer = { type: 'average-pool', size: 2 };

/** `feature.<index>` for every layer without a name of its own, as in the authors' nn.Sequential. */
function nameLayers(layers: readonly UnnamedLayer[]): NamedLayer[] {
  return layers.map((layer, index) => {
    const given = 'name' in layer ? layer.name : undefined;
    return { ...layer, name: given ?? `feature.${index}` };
  });
}

/** Transfer_VGG_SNN (methods.md 2.1). */
function vggLayers(channels: readonly number[]): UnnamedLayer[] {
  const pairs = [0, 2, 4, 6].map((index) => channels.slice(index, index + 2).map(spikingConvolution));
  return pairs.flatMap((pair) => [...pair, averagePool]);
}

/** The NMNIST-1K network: three pairs of blocks, each followed by a pool. */
function nmnist1kLayers(channels: readonly number[]): UnnamedLayer[] {
  const pairs = [0, 2, 4].map((index) => channels.slice(index, index + 2).map(spikingConvolution));
  return pairs.flatMap((pair) => [...pair, averagePool]);
}

/** Transfer_ResNet18 (methods.md 2.2): stem, 4 stages of 2 pre-activation blocks, BatchNorm, global pooling. */
function resnet18Layers(baseChannels: number): UnnamedLayer[] {
  const stages = [1, 2, 4, 8].flatMap((multiple, stage): UnnamedLayer[] =>
    [0, 1].map((block) => ({
      type: 'residual-block',
      name: `layer${stage + 1}.${block}`,
      channels: baseChannels * multiple,
      stride: stage > 0 && block === 0 ? 2 : 1,
    })),
  );
  return [
    { type: 'convolution', name: 'conv1', channels: baseChannels, kernelSize: 3, stride: 1 },
    ...stages,
    { type: 'batch-norm', name: 'bn1' },
    { type: 'global-average-pool' },
  ];
}

type Backbone = Omit<NetworkDescription, 'heads'>;

function backboneOf(network: NetworkConfiguration): Backbone {
  switch (network.preset) {
    case 'vgg-snn':
      return {
        layers: nameLayers(vggLayers(network.channels)),
        feature: 'membrane',
        initialisation: 'pytorch-default',
      };
    case 'nmnist-1k':
      return {
        layers: nameLayers(nmnist1kLayers(network.channels)),
        feature: 'membrane',
        initialisation: 'pytorch-default',
      };
    case 'resnet18-snn':
      return {
        layers: nameLayers(resnet18Layers(network.baseChannels)),
        feature: 'output',
        initialisation: 'kaiming-normal-fan-out',
      };
    case 'layers':
      return {
        layers: nameLayers(network.layers),
        feature: network.feature,
        initialisation: 'pytorch-default',
      };
  }
}

/**
 * The network of a configuration.
 * @param streams 2 for transfer methods (heads rgb_fc and dvs_fc), 1 for events-only twins (head fc).
 * @throws SpikeBridgeError (configuration) when the alignment feature does not exist or names collide.
 */
export function describeNetwork(network: NetworkConfiguration, streams: 1 | 2): NetworkDescription {
  const backbone = backboneOf(network);
  checkFeature(backbone);
  checkNames(backbone.layers);
  // Networks that end in a vector have a bare Linear head; the others nn.Sequential(Flatten, Linear).
  const suffix = backbone.layers.at(-1)?.type === 'global-average-pool' ? '' : '.1';
  const heads: HeadDescription[] =
    streams === 2
      ? [
          { stream: 'static', parameterName: `rgb_fc${suffix}` },
          { stream: 'event', parameterName: `dvs_fc${suffix}` },
        ]
      : [{ stream: 'event', parameterName: `fc${suffix}` }];
  return { ...backbone, heads };
}

function checkFeature({ layers, feature }: Backbone): void {
  if (feature === 'membrane' && !layers.some(({ type }) => type === 'spiking-convolution')) {
    throw new SpikeBridgeError(
      'configuration',
      'network: the feature "membrane" needs at least one spiking-convolution layer',
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
