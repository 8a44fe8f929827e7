import type { Backbone, Initialisation } from './networkDescription';
import type { LayerDescription, NetworkConfiguration } from './networkSchema';

/** Every network of methods.md section 2 as a list of layers; names are the authors' in checkpoints. */

const PYTORCH_DEFAULT: Initialisation = { convolution: 'pytorch-default', linear: 'pytorch-default' };
const RESNET: Initialisation = { convolution: 'kaiming-normal-fan-out', linear: 'pytorch-default' };
/** methods.md 2.3: Kaiming-normal over fan-in, linear weights U(-0.1, 0.1). */
const SCNN: Initialisation = { convolution: 'kaiming-normal-fan-in', linear: 0.1 };

type BlockType = 'residual-block' | 'sew-block' | 'relu-residual-block';
const BLOCKS_OF_18 = [2, 2, 2, 2];
const BLOCKS_OF_34 = [3, 4, 6, 3];

const averagePool: LayerDescription = { type: 'average-pool', size: 2 };
const globalPool: LayerDescription = { type: 'global-average-pool' };

const convolutionBlock =
  (type: 'spiking-convolution' | 'relu-convolution', name?: string) =>
  (channels: number): LayerDescription => ({ type, name, channels, kernelSize: 3, stride: 1 });

/** Pairs of blocks, a pool after each pair: VGG-SNN (methods.md 2.1), NMNIST-1K, and the VGG teacher. */
function pairedLayers(
  channels: readonly number[],
  type: 'spiking-convolution' | 'relu-convolution',
  poolLayer: LayerDescription,
): LayerDescription[] {
  const pairs = Array.from({ length: channels.length / 2 }, (_, pair) =>
    channels.slice(2 * pair, 2 * pair + 2).map(convolutionBlock(type)),
  );
  return pairs.flatMap((pair) => [...pair, poolLayer]);
}

/** Four stages of residual blocks; the first block of stages 2 to 4 halves height and width. */
function stages(type: BlockType, baseChannels: number, blocks: readonly number[]): LayerDescription[] {
  return blocks.flatMap((count, stage): LayerDescription[] =>
    Array.from({ length: count }, (_, block) => ({
      type,
      name: `layer${stage + 1}.${block}`,
      channels: baseChannels * 2 ** stage,
      stride: stage > 0 && block === 0 ? 2 : 1,
    })),
  );
}

/** Transfer_ResNet (methods.md 2.2): stem, 4 stages of pre-activation blocks, BatchNorm, global pooling. */
function resnetLayers(baseChannels: number, blocks: readonly number[]): LayerDescription[] {
  return [
    { type: 'convolution', name: 'conv1', channels: baseChannels, kernelSize: 3, stride: 1 },
    ...stages('residual-block', baseChannels, blocks),
    { type: 'batch-norm', name: 'bn1' },
    globalPool,
  ];
}

/** Stem with BatchNorm and activation, 4 stages, global pooling: SEW-ResNet-18 and the ResNet teacher. */
function postActivationLayers(
  type: 'sew-block' | 'relu-residual-block',
  baseChannels: number,
): LayerDescription[] {
  const stem = convolutionBlock(type === 'sew-block' ? 'spiking-convolution' : 'relu-convolution', 'stem');
  return [stem(baseChannels), ...stages(type, baseChannels, BLOCKS_OF_18), globalPool];
}

/** Transfer_SCNN (methods.md 2.3), up to the shared classifier fc2. */
function scnnLayers(channels: readonly number[], units: number): LayerDescription[] {
  const convolutions = channels.flatMap((each): LayerDescription[] => [
    { type: 'convolution', channels: each, kernelSize: 5, stride: 1, padding: 0 },
    { type: 'neurons' },
    averagePool,
  ]);
  return [...convolutions, { type: 'linear', name: 'fc1', units }, { type: 'neurons', name: 'node1' }];
}

/** Transfer_NMNIST_SNN (methods.md 2.4), up to the voting heads. */
function nmnistSnnLayers(channels: readonly number[], units: number): LayerDescription[] {
  const blocks = channels.flatMap((each) => [convolutionBlock('spiking-convolution')(each), averagePool]);
  const half: LayerDescription = { type: 'dropout', rate: 0.5 };
  return [...blocks, half, { type: 'flatten' }, { type: 'linear', units }, { type: 'neurons' }, half];
}

const NMNIST_VOTERS = 10;
/** Networks that end in a vector have a bare Linear head; the others nn.Sequential(Flatten, Linear). */
const [BARE, AFTER_FLATTEN, IN_SEQUENCE] = ['', '.1', '.0'];

/** Layers, alignment feature, start values and kind of heads of a configured network. */
export function backboneOf(network: NetworkConfiguration): Backbone {
  switch (network.preset) {
    case 'vgg-snn':
    case 'nmnist-1k':
      return {
        layers: pairedLayers(network.channels, 'spiking-convolution', averagePool),
        feature: 'membrane',
        initialisation: PYTORCH_DEFAULT,
        headSuffix: AFTER_FLATTEN,
      };
    case 'resnet18-snn':
    case 'resnet34-snn': {
      const blocks = network.preset === 'resnet18-snn' ? BLOCKS_OF_18 : BLOCKS_OF_34;
      const layers = resnetLayers(network.baseChannels, blocks);
      return { layers, feature: 'output', initialisation: RESNET, headSuffix: BARE };
    }
    case 'sew-resnet18': {
      const layers = postActivationLayers('sew-block', network.baseChannels);
      return { layers, feature: 'output', initialisation: RESNET, headSuffix: BARE };
    }
    case 'scnn': {
      const layers = scnnLayers(network.channels, network.units);
      return { layers, feature: 'membrane', initialisation: SCNN, headSuffix: BARE, sharedHead: 'fc2' };
    }
    case 'nmnist-snn': {
      const layers = nmnistSnnLayers(network.channels, network.units);
      const heads = { headSuffix: IN_SEQUENCE, voters: NMNIST_VOTERS };
      return { layers, feature: 'membrane', initialisation: PYTORCH_DEFAULT, ...heads };
    }
    case 'vgg-ann': {
      const layers = pairedLayers(network.channels, 'relu-convolution', { type: 'max-pool', size: 2 });

      return { layers, feature: 'output', initialisation: RESNET, headSuffix: AFTER_FLATTEN };
    }
    case 'resnet18-ann': {
      const layers = postActivationLayers('relu-residual-block', network.baseChannels);
      return { layers, feature: 'output', initialisation: RESNET, headSuffix: BARE };
    }
    case 'layers': {
      const { layers, feature } = network;
      const headSuffix = layers.at(-1)?.type === 'global-average-pool' ? BARE : AFTER_FLATTEN;
      return { layers, feature, initialisation: PYTORCH_DEFAULT, headSuffix };
    }
  }
}
